using System.Globalization;
using NeuroLab.Benchmarks.Harness;

namespace NeuroLab.Benchmarks.Http;

/// <summary>
/// What a cached answer costs over HTTP: the summary of a signed-in user, from the service as it is shipped, beside the least that the same server can do (constant bytes for
/// anyone) and two peers behind the framework's check of tokens. Each in a process of its own, asked in turn by wrk over 64 connections from one thread, for many short rounds.
/// </summary>
/// <remarks>An argument is the number of rounds.</remarks>
internal static class HttpBenchmark
{
    private const int Rounds = 10;

    public static async Task RunAsync(BenchmarkRun run)
    {
        var rounds = run.Arguments is [var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : Rounds;
        var seconds = run.IsSmoke ? 0.2 : 3;
        await using var product = await ProductUnderTest.StartAsync();
        var answer = await product.CheckAsync();
        await using var constant = await HttpPeer.StartAsync(PeerKind.Constant, answer.Body);
        await using var behindJwt = await HttpPeer.StartAsync(PeerKind.ConstantBehindJwt, answer.Body);
        await using var json = await HttpPeer.StartAsync(PeerKind.JsonBehindJwt, answer.Body);
        await Task.WhenAll(constant.CheckAsync(answer.Body.Length), behindJwt.CheckAsync(answer.Body.Length), json.CheckAsync(answer.Body.Length));

        Target[] targets =
        [
            new("constant bytes, no sign-in (limit)", constant.Server, constant.Headers, answer.Body.Length, int.MaxValue),
            new("the service, 200", product.Server, product.Headers, answer.Body.Length, int.MaxValue),
            // No body: each answer is shorter than one.
            new("the service, 304", product.Server, [.. product.Headers, $"If-None-Match: {answer.Tag}"], 0, answer.Body.Length + answer.HeaderBytes),
            new("constant bytes behind JwtBearer", behindJwt.Server, behindJwt.Headers, answer.Body.Length, int.MaxValue),
            new("reflection JSON behind JwtBearer", json.Server, json.Headers, answer.Body.Length, int.MaxValue),
        ];
        var warmUp = run.Of(2, 0);
        for (var round = -warmUp; round < run.Of(rounds, 1); round++)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                await targets[(i + round + warmUp) % targets.Length].MeasureAsync(seconds, counts: round >= 0);
            }
        }

        await product.CheckAsync();
        Print(targets, $"HTTP: GET {ProductUnderTest.Path}, {Table.Number(answer.Body.Length)} B of body, wrk -t1 -c{Wrk.Connections}, {run.Of(rounds, 1)} rounds of {seconds.ToString(CultureInfo.InvariantCulture)} s; "
            + $"the service with {ProductUnderTest.RateLimitName}={ProductUnderTest.RateLimit}, all else as it is shipped");
    }

    private static void Print(Target[] targets, string title)
    {
        var limit = targets[0];
        var table = new Table("answered by", "requests/s", "to limit", "p99", "to limit", "CPU each", "to limit");
        foreach (var target in targets)
        {
            table.Add(
                target.Name,
                Table.Number((long)target.PerSecond.Median), Table.Ratio(target.PerSecond.RatioTo(limit.PerSecond)),
                Table.Duration(target.P99.Median), Table.Ratio(target.P99.RatioTo(limit.P99)),
                Table.Duration(target.Cpu.Median), Table.Ratio(target.Cpu.RatioTo(limit.Cpu)));
        }

        table.Print(title);
    }

    private sealed record Target(string Name, ServerProcess Server, IReadOnlyList<string> Headers, int LeastBytes, int MostBytes)
    {
        public Sample PerSecond { get; } = new();

        public Sample P99 { get; } = new();

        public Sample Cpu { get; } = new();

        public async Task MeasureAsync(double seconds, bool counts)
        {
            var cpu = Server.Cpu();
            var result = await Wrk.RunAsync(new Uri(Server.Address, ProductUnderTest.Path), Headers, seconds);
            var spent = Server.Cpu() - cpu;
            if (result.BytesEach < LeastBytes || result.BytesEach > MostBytes)
            {
                throw new InvalidOperationException($"{Name}: {result.BytesEach:0} bytes an answer are not what was asked for.");
            }

            if (counts)
            {
                PerSecond.Add(result.PerSecond);
                P99.Add(result.P99);
                Cpu.Add(spent.TotalNanoseconds / result.Requests);
            }
        }
    }
}
