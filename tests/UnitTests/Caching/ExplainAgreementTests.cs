using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching;

/// <summary>What is told of the next read is what the next read does, whatever happened before.</summary>
public sealed class ExplainAgreementTests
{
    private static readonly int Seeds = TestSize.Of(400, 5000);

    [Fact]
    public async Task NextRead_WhateverHappenedBefore_IsWhatARealReadDoes()
    {
        var met = new Dictionary<(CacheSource, StaleReason?, string?), int>();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            await using var node = new EngineFixture(redis: true, configure: settings => settings["Cache:PromotionTtl"] = "00:00:20");
            await using var other = new EngineFixture(node);
            var steps = new List<string>();
            for (var left = random.Next(1, 8); left > 0; left--)
            {
                steps.Add(await StepAsync(random, random.Next(2) == 0 ? node : other));
            }

            var told = await node.Administration.ExplainAsync(EngineFixture.Key, default);
            var fails = random.Next(2) == 0;
            Cached<string>? read = null;
            try
            {
                read = fails ? await node.GetFailingAsync() : await node.GetAsync("new");
            }
            catch (OriginUnavailableException)
            {
                // Seen as no answer.
            }

            var what = string.Join(", ", steps);
            var next = told.NextRead;
            met[(next.Source, next.StaleReason, next.IfOriginFails)] = met.GetValueOrDefault((next.Source, next.StaleReason, next.IfOriginFails)) + 1;
            if (next.Source != CacheSource.Origin)
            {
                (read?.Freshness.Source, read?.Freshness.StaleReason).Should().Be((next.Source, next.StaleReason), "seed {0}: {1}; {2}", seed, what, next.Because);
            }
            else if (!fails)
            {
                read!.Freshness.Source.Should().Be(CacheSource.Origin, "seed {0}: {1}; {2}", seed, what, next.Because);
            }
            else
            {
                (read is null ? "unavailable" : read.Freshness.IsStale ? "stale" : read.Freshness.Source.ToString()).Should().Be(next.IfOriginFails, "seed {0}: {1}; {2}", seed, what, next.Because);
            }
        }

        met.Keys.Select(key => key.Item1).Should().Contain([CacheSource.Memory, CacheSource.Redis, CacheSource.Origin, CacheSource.Stale]);
        met.Keys.Select(key => key.Item2).Should().Contain([StaleReason.Unverified, StaleReason.OriginError]);
        met.Keys.Select(key => key.Item3).Should().Contain(["stale", "unavailable"]);
    }

    private static async Task<string> StepAsync(Random random, EngineFixture node)
    {
        switch (random.Next(9))
        {
            case 0 or 1:
                return await ReadAsync(() => node.GetAsync("value"), "read");
            case 2:
                // What fails matters most where there is a copy past its time.
                var waits = random.Next(2) == 0;
                node.Time.Advance(TimeSpan.FromSeconds(waits ? 301 : 0));
                return await ReadAsync(() => node.GetFailingAsync(), waits ? "301 s, failing read" : "failing read");
            case 3:
                return await ReadAsync(() => node.GetAsync(_ => Task.FromResult(new LoadResult<string>("part", ["charts"]))), "partial read");
            case 4:
                var seconds = random.Next(6) switch { 0 => 1, 1 => 3, 2 => 25, 3 => 61, 4 => 301, _ => 700 };
                node.Time.Advance(TimeSpan.FromSeconds(seconds));
                return $"{seconds} s";
            case 5:
                return await WriteAsync(() => node.InvalidateAsync("dashboard:*"), "invalidation");
            case 6:
                return await WriteAsync(() => node.PurgeAsync("dashboard:*"), "purge");
            case 7:
                node.Journal.Fails = !node.Journal.Fails;
                return node.Journal.Fails ? "journal away" : "journal back";
            default:
                node.Tier.IsDown = !node.Tier.IsDown;
                return node.Tier.IsDown ? "Redis away" : "Redis back";
        }
    }

    private static async Task<string> ReadAsync(Func<Task<Cached<string>>> read, string name)
    {
        try
        {
            return $"{name}: {(await read()).Freshness.Source}";
        }
        catch (OriginUnavailableException)
        {
            return $"{name}: nothing";
        }
    }

    private static async Task<string> WriteAsync(Func<Task> write, string name)
    {
        try
        {
            await write();
            return name;
        }
        catch (OriginUnavailableException)
        {
            return $"{name} refused";
        }
    }
}
