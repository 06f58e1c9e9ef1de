using NeuroLab.Benchmarks.Commands;
using NeuroLab.Benchmarks.Compression;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Benchmarks.HitRatio;
using NeuroLab.Benchmarks.Hits;
using NeuroLab.Benchmarks.Http;
using NeuroLab.Benchmarks.Invalidation;
using NeuroLab.Benchmarks.Mediator;
using NeuroLab.Benchmarks.Memory;
using NeuroLab.Benchmarks.Redis;
using NeuroLab.Benchmarks.Scale;
using NeuroLab.Benchmarks.Throughput;

// Each benchmark prints tables, with what it is compared with measured in the same run. Machines are noisy: read the ratios.
var benchmarks = new SortedDictionary<string, Func<BenchmarkRun, Task>>(StringComparer.Ordinal)
{
    ["command"] = CommandBenchmark.RunAsync,
    ["compression"] = CompressionBenchmark.RunAsync,
    ["hit"] = HitBenchmark.RunAsync,
    ["hit-ratio"] = HitRatioBenchmark.RunAsync,
    ["http"] = HttpBenchmark.RunAsync,
    ["invalidation"] = InvalidationBenchmark.RunAsync,
    ["judging"] = JudgingBenchmark.RunAsync,
    ["mediator"] = MediatorBenchmark.RunAsync,
    ["memory"] = MemoryBenchmark.RunAsync,
    ["redis-read"] = RedisReadBenchmark.RunAsync,
    ["redis-write"] = RedisWriteBenchmark.RunAsync,
    ["refresh"] = RefreshBenchmark.RunAsync,
    ["scale"] = ScaleBenchmark.RunAsync,
    ["throughput"] = ThroughputBenchmark.RunAsync,
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
