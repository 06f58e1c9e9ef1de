using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Memory;

namespace NeuroLab.UnitTests.Caching;

public sealed class MemoryTierTests
{
    private sealed class Entry(CacheKey key, long lease, EntryLife life, int size) : MemoryEntry(key, lease, 0, life, size);

    private static Entry Of(string key, int size = 1, long lease = 0, int loadedAtMs = 0)
    {
        var loadedAt = loadedAtMs * TimeSpan.TicksPerMillisecond;
        var end = loadedAt + TimeSpan.TicksPerSecond;
        return new Entry(CacheKey.Of(key), lease, new EntryLife(loadedAt, end, end, TimeSpan.TicksPerSecond, end, long.MaxValue, new DateTime(loadedAt, DateTimeKind.Utc)), size);
    }

    private static IEnumerable<string> Keys(MemoryTier tier) => tier.Entries.Select(entry => entry.Key.Value).Order(StringComparer.Ordinal);

    [Fact]
    public void Set_WhenFull_EvictsTheLeastRecentlyUsed()
    {
        var tier = new MemoryTier(3, 100);
        tier.Set(Of("a"));
        tier.Set(Of("b"));
        tier.Set(Of("c"));
        tier.TryGet(CacheKey.Of("a"), out _);

        tier.Set(Of("d"));

        Keys(tier).Should().Equal("a", "c", "d");
        tier.Evictions.Should().Be(1);
    }

    [Fact]
    public void TryPeek_DoesNotCountAsUse()
    {
        var tier = new MemoryTier(2, 100);
        tier.Set(Of("a"));
        tier.Set(Of("b"));
        tier.TryPeek(CacheKey.Of("a"), out _);

        tier.Set(Of("c"));

        Keys(tier).Should().Equal("b", "c");
    }

    [Fact]
    public void Set_WhenBytesRunOut_MakesRoom()
    {
        var tier = new MemoryTier(100, 10);
        tier.Set(Of("a", 4));
        tier.Set(Of("b", 4));

        tier.Set(Of("c", 6));

        Keys(tier).Should().Equal("b", "c");
        tier.SizeBytes.Should().Be(10);
    }

    [Fact]
    public void Set_WhenLargerThanTheWholeBound_IsNotStoredAndTheOldOneGoes()
    {
        var tier = new MemoryTier(100, 10);
        tier.Set(Of("a", 4));

        tier.Set(Of("a", 11)).Should().BeFalse();

        tier.Count.Should().Be(0);
        tier.Verify();
    }

    [Fact]
    public void Set_WhenTheHeldOneIsNewer_KeepsIt()
    {
        var tier = new MemoryTier(100, 100);
        tier.Set(Of("a", lease: 5));

        tier.Set(Of("a", lease: 4)).Should().BeFalse();
        tier.Set(Of("a", lease: 5, loadedAtMs: 1)).Should().BeTrue();
        tier.Set(Of("a", lease: 5)).Should().BeFalse();
    }

    [Fact]
    public void Remove_WhenTheEntryWasReplaced_LeavesTheNewOne()
    {
        var tier = new MemoryTier(100, 100);
        var old = Of("a");
        tier.Set(old);
        tier.Set(Of("a", lease: 1));

        tier.Remove(old).Should().BeFalse();

        tier.Count.Should().Be(1);
    }

    [Fact]
    public void Set_WhenTheSmallQueueIsFull_KeepsWhatWasUsedAndWhoComesBack()
    {
        var tier = new MemoryTier(5, 100);
        foreach (var key in new[] { "a", "b", "c", "d", "e", "f" })
        {
            tier.Set(Of(key));
        }

        Keys(tier).Should().Equal("b", "c", "d", "e", "f");

        // a went a moment ago: it comes back into the main queue, and three that are new after it push each other out.
        tier.Set(Of("a"));
        foreach (var key in new[] { "x", "y", "z", "u", "v" })
        {
            tier.Set(Of(key));
        }

        Keys(tier).Should().Contain("a").And.NotContain(["b", "c", "d", "e", "f"]);
        tier.Verify();
    }

    [Fact]
    public void AnyOrderOfUse_AgreesWithTheDefinition()
    {
        const int MaxCount = 5;
        const int MaxBytes = 13;
        const int Remembered = 3;
        var random = new Random(3);
        var tier = new MemoryTier(MaxCount, MaxBytes);

        // Of keys whose remembered halves are alike one would be taken for the other.
        var keys = Enumerable.Range(0, 200).Select(number => $"k{number}").DistinctBy(key => (CacheKey.Of(key).GetHashCode() >>> 16) | 1).Take(20).ToList();
        var model = new S3FifoModel(MaxCount, MaxBytes, Remembered);
        for (var i = 0; i < 50_000; i++)
        {
            var key = keys[Math.Min(random.Next(keys.Count), random.Next(keys.Count))];
            switch (random.Next(8))
            {
                case 0:
                    var size = random.Next(1, 6);
                    tier.Set(Of(key, size)).Should().BeTrue();
                    model.Set(key, size);
                    break;
                case 1 when random.Next(4) == 0:
                    var held = tier.TryPeek(CacheKey.Of(key), out var entry);
                    held.Should().Be(model.Remove(key));
                    (held && tier.Remove(entry!)).Should().Be(held);
                    break;
                default:
                    var found = tier.TryGet(CacheKey.Of(key), out _);
                    found.Should().Be(model.Use(key));
                    if (!found)
                    {
                        tier.Set(Of(key, 2));
                        model.Set(key, 2);
                    }

                    break;
            }

            Keys(tier).Should().Equal(model.Keys);
        }

        tier.Verify();
    }

    [Fact]
    public void Set_WhenEverythingIsUsedAllTheTime_StillEndsSoon()
    {
        const int Count = 10_000;
        var tier = new MemoryTier(Count, long.MaxValue);
        var entries = Enumerable.Range(0, Count).Select(number => Of($"k{number}")).ToList();
        entries.ForEach(entry => tier.Set(entry));
        for (var round = 0; round < 3; round++)
        {
            for (var use = 0; use < 7; use++)
            {
                entries.ForEach(entry => tier.TryGet(entry.Key, out _));
            }

            tier.Set(Of($"n{round}")).Should().BeTrue();
            entries.Count(entry => entry.Uses == 7).Should().BeGreaterThan(Count - 1_000, "a writer looks at some, and not at all");
        }

        tier.Count.Should().Be(Count);
        tier.Verify();
    }

    [Fact]
    public async Task TryGet_WhileTheTableGrows_FindsWhatIsThere()
    {
        var tier = new MemoryTier(1_000_000, long.MaxValue);
        var first = Enumerable.Range(0, 16).Select(number => Of($"first{number}")).ToArray();
        Array.ForEach(first, entry => tier.Set(entry));
        using var done = new CancellationTokenSource();
        var missed = 0;
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                foreach (var entry in first)
                {
                    missed += tier.TryGet(entry.Key, out var found) && found == entry ? 0 : 1;
                }
            }
        })).ToArray();
        for (var number = 0; number < 300_000; number++)
        {
            tier.Set(Of($"k{number}"));
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        missed.Should().Be(0);
        tier.Entries.Count().Should().Be(300_016);
        tier.Verify();
    }

    [Fact]
    public void Entries_WhenTheTableGrowsMeanwhile_ShowsEachThatStaysOnce()
    {
        var tier = new MemoryTier(1_000_000, long.MaxValue);
        for (var number = 0; number < 2_000; number++)
        {
            tier.Set(Of($"k{number}"));
        }

        var seen = new List<string>();
        foreach (var entry in tier.Entries)
        {
            if (seen.Count == 300)
            {
                for (var number = 2_000; number < 20_000; number++)
                {
                    tier.Set(Of($"k{number}"));
                }
            }

            seen.Add(entry.Key.Value);
        }

        seen.Should().OnlyHaveUniqueItems().And.Contain(Enumerable.Range(0, 2_000).Select(number => $"k{number}"));
    }

    [Fact]
    public async Task TenMillionOperationsOnEightThreads_NeverExceedTheBoundsAndLeaveTheStructureWhole()
    {
        const int Threads = 8;
        const int Operations = 10_000_000;
        const int MaxCount = 500;
        const int MaxBytes = 1500;
        var tier = new MemoryTier(MaxCount, MaxBytes);
        var entries = Enumerable.Range(0, 2000).Select(number => Of($"k{number}", 1 + (number % 7))).ToArray();
        var exceeded = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < Operations / Threads; i++)
            {
                var entry = entries[random.Next(entries.Length)];
                switch (random.Next(1000))
                {
                    case 0 when i % 10 == 0:
                        tier.RemoveWhere(other => other.Size == 7);
                        break;
                    case < 100:
                        tier.Remove(entry);
                        break;
                    case < 200:
                        tier.TryPeek(entry.Key, out _);
                        break;
                    case < 500:
                        tier.Set(entry);
                        break;
                    default:
                        tier.TryGet(entry.Key, out _);
                        break;
                }

                if (tier.Count > MaxCount || tier.SizeBytes > MaxBytes)
                {
                    Interlocked.Increment(ref exceeded);
                }
            }
        })));

        exceeded.Should().Be(0);
        tier.Evictions.Should().BePositive();
        tier.Verify();
    }

    [Fact]
    public async Task RemoveWhere_WhileItLooksAtAnEntry_StallsNeitherReadersNorWriters()
    {
        var tier = new MemoryTier(10, 100);
        tier.Set(Of("a"));
        tier.Set(Of("b"));
        var looking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        var cleaning = Task.Run(() => tier.RemoveWhere(entry =>
        {
            looking.TrySetResult();
            gate.Wait();
            return entry.Key == CacheKey.Of("a");
        }));
        await looking.Task;

        var others = Task.Run(() => tier.TryGet(CacheKey.Of("b"), out _) && tier.Set(Of("c")) && tier.TryGet(CacheKey.Of("c"), out _));
        (await others.WaitAsync(TimeSpan.FromSeconds(20))).Should().BeTrue();
        gate.Set();

        (await cleaning).Should().Be(1);
        Keys(tier).Should().Equal("b", "c");
    }

    [Fact]
    public async Task Cleaner_RemovesOnlyWhatIsPastItsStaleWindow()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");

        node.Time.Advance(TimeSpan.FromSeconds(899));
        node.Cleaner.Clean().Should().Be(0);
        node.Time.Advance(TimeSpan.FromSeconds(1));
        node.Cleaner.Clean().Should().Be(1);

        node.Memory.Count.Should().Be(0);
    }
}
