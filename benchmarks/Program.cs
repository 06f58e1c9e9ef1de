using NeuroLab.Benchmarks.Compression;
using NeuroLab.Benchmarks.Invalidation;

// Each benchmark prints one table, with what it is compared with measured in the same run. Machines are noisy: read the ratios.
var benchmarks = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["invalidation"] = InvalidationBenchmark.RunAsync,
    ["compression"] = CompressionBenchmark.RunAsync,
    ["judging"] = JudgingBenchmark.RunAsync,
};

if (args is not [var name] || !benchmarks.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project benchmarks -- {string.Join('|', benchmarks.Keys)}");
    return 2;
}

await run();
return 0;
