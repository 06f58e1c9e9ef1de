using System.Globalization;
using Microsoft.Extensions.Caching.Hybrid;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using ZiggyCreatures.Caching.Fusion;

namespace NeuroLab.Benchmarks.Redis;

/// <summary>Writes into memory and Redis: through the engine, next to the bare SET, which has no memory to write to, and to the peers. Each ends when Redis has answered.</summary>
internal static class RedisWriteBenchmark
{
    private static readonly CachePolicy Policy = new() { TimeToLive = RedisContestants.Life };

    public static async Task RunAsync(BenchmarkRun run)
    {
        await using var contestants = await RedisContestants.StartAsync();
        var texts = Enumerable.Range(0, run.Of(10_000, 100)).Select(static i => string.Create(CultureInfo.InvariantCulture, $"dashboard:{new Guid(i, 1, 2, new byte[8])}:summary")).ToArray();
        var keys = texts.Select(CacheKey.Of).ToArray();
        var answers = Enumerable.Range(0, keys.Length).Select(Answer.Of).ToArray();
        var hybridOptions = new HybridCacheEntryOptions { Expiration = RedisContestants.Life };
        var fusionOptions = new FusionCacheEntryOptions { Duration = RedisContestants.Life, AllowBackgroundDistributedCacheOperations = false };
        var (cache, hybrid, fusion) = (contestants.Engine.Cache, contestants.Hybrid, contestants.Fusion);
        await contestants.UntilServedAsync(Policy with { ReadFrom = CacheTiers.Redis });

        var contest = new RedisContest();
        contest.Add("raw SET", number => contestants.SetRawAsync(texts[number % keys.Length], answers[number % keys.Length]));
        contest.Add("engine", number => cache.SetAsync(keys[number % keys.Length], answers[number % keys.Length], Policy, [], null, CancellationToken.None));
        contest.Add("HybridCache", number => hybrid.SetAsync(texts[number % keys.Length], answers[number % keys.Length], hybridOptions).AsTask());
        contest.Add("FusionCache", number => fusion.SetAsync(texts[number % keys.Length], answers[number % keys.Length], fusionOptions).AsTask());
        await contest.RunAsync("Write 1 KB of JSON into memory and Redis", run);

        for (var i = 0; i < keys.Length; i++)
        {
            var stored = await cache.GetOrLoadAsync<int, Answer>(
                keys[i], 0, static (_, _, _) => throw new InvalidOperationException("It was not written."), Policy with { ReadFrom = CacheTiers.Redis, StoreIn = CacheTiers.None }, [], default, CancellationToken.None);
            if (stored.Value.TotalExperiments != i)
            {
                throw new InvalidOperationException("What was written is not what is there.");
            }
        }
    }
}
