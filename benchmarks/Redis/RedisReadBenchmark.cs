using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using ZiggyCreatures.Caching.Fusion;

namespace NeuroLab.Benchmarks.Redis;

/// <summary>
/// Reads that memory does not answer and Redis does: through the engine, with its lease and journal check and its promotion into memory, next to the bare GET and to the peers.
/// Every answer is held to its key, and to where it came from.
/// </summary>
internal static class RedisReadBenchmark
{
    /// <summary>Memory keeps what it is given, as in service; that it is not asked makes every read one of Redis.</summary>
    private static readonly CachePolicy Policy = new() { TimeToLive = RedisContestants.Life, ReadFrom = CacheTiers.Redis };

    private static readonly HybridCacheEntryOptions HybridOptions = new() { Expiration = RedisContestants.Life, Flags = HybridCacheEntryFlags.DisableLocalCacheRead };

    public static async Task RunAsync(BenchmarkRun run)
    {
        await using var contestants = await RedisContestants.StartAsync();
        var texts = Enumerable.Range(0, run.Of(10_000, 100)).Select(static i => string.Create(CultureInfo.InvariantCulture, $"dashboard:{new Guid(i, 1, 2, new byte[8])}:summary")).ToArray();
        var keys = texts.Select(CacheKey.Of).ToArray();
        var fusionOptions = new FusionCacheEntryOptions { Duration = RedisContestants.Life, SkipMemoryCacheRead = true };
        var (cache, hybrid, fusion, database) = (contestants.Engine.Cache, contestants.Hybrid, contestants.Fusion, contestants.Database);
        await contestants.UntilServedAsync(Policy);
        for (var i = 0; i < keys.Length; i++)
        {
            var answer = Answer.Of(i);
            await cache.SetAsync(keys[i], answer, Policy, [], null, CancellationToken.None);
            await contestants.SetRawAsync(texts[i], answer);
            await hybrid.SetAsync(texts[i], answer, HybridOptions);
            await fusion.SetAsync(texts[i], answer, fusionOptions);
        }

        var contest = new RedisContest();
        contest.Add("raw GET", async number =>
        {
            var i = number % keys.Length;
            var bytes = (ReadOnlyMemory<byte>)await database.StringGetAsync(texts[i]).ConfigureAwait(false);
            Check(JsonSerializer.Deserialize<Answer>(bytes.Span)!, i);
        });
        contest.Add("engine", async number =>
        {
            var i = number % keys.Length;
            var answer = await cache.GetOrLoadAsync<int, Answer>(
                keys[i], i, static (_, _, _) => throw new InvalidOperationException("Redis has it."), Policy, [], default, CancellationToken.None).ConfigureAwait(false);
            Check(answer.Value, i);
            if (answer.Freshness.Source != CacheSource.Redis)
            {
                throw new InvalidOperationException($"Answered from {answer.Freshness.Source}.");
            }
        });
        contest.Add("HybridCache", async number =>
        {
            var i = number % keys.Length;
            Check(await hybrid.GetOrCreateAsync<Answer>(texts[i], static _ => throw new InvalidOperationException("Redis has it."), HybridOptions).ConfigureAwait(false), i);
        });
        contest.Add("FusionCache", async number =>
        {
            var i = number % keys.Length;
            Check(await fusion.GetOrSetAsync<Answer>(texts[i], static (_, _) => throw new InvalidOperationException("Redis has it."), fusionOptions).ConfigureAwait(false), i);
        });
        await contest.RunAsync("Not in memory, in Redis: read 1 KB of JSON", run);
    }

    private static void Check(Answer answer, int number)
    {
        if (answer.TotalExperiments != number)
        {
            throw new InvalidOperationException("Answered with the value of another key.");
        }
    }
}
