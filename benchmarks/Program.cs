using NeuroLab.Benchmarks.Compression;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Benchmarks.Http;
using NeuroLab.Benchmarks.Invalidation;

// Each benchmark prints tables, with what it is compared with measured in the same run. Machines are noisy: read the ratios.
var benchmarks = new SortedDictionary<string, Func<BenchmarkRun, Task>>(StringComparer.Ordinal)
{
    ["compression"] = CompressionBenchmark.RunAsync,
    ["http"] = HttpBenchmark.RunAsync,
    ["invalidation"] = InvalidationBenchmark.RunAsync,
    ["judging"] = JudgingBenchmark.RunAsync,
};

if (args is [HttpPeer.Argument, var kind, var body])
{
    await HttpPeer.RunAsync(Enum.Parse<PeerKind>(kind), body);
    return 0;
}

if (args is ["list"])
{
    Console.WriteLine(string.Join('\n', benchmarks.Keys));
    return 0;
}

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var benchmark))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project benchmarks -- {string.Join('|', benchmarks.Keys)} [--smoke] [arguments of the benchmark]");
    return 2;
}

const string Smoke = "--smoke";
await benchmark(new BenchmarkRun(args.Contains(Smoke), [.. args.Skip(1).Where(static argument => argument != Smoke)]));
return 0;
