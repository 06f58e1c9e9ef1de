using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Memory;

namespace NeuroLab.UnitTests.Caching;

public sealed class MemoryTierTests
{
    private sealed class Entry : MemoryEntry;

    private static Entry Of(string key, int size = 1, long lease = 0, long loadedAt = 0) => new()
    {
        Key = CacheKey.Of(key),
        Lease = lease,
        Epoch = 0,
        LoadedAt = loadedAt,
        FreshUntil = 10,
        MemoryUntil = 10,
        StaleWindow = 10,
        CachedAt = DateTime.UnixEpoch,
        Tags = [],
        Size = size,
        FailedOperations = [],
    };

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
        tier.Set(Of("a", lease: 5, loadedAt: 1)).Should().BeTrue();
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
    public void AnyOrderOfUse_AgreesWithTheDefinitionOfLeastRecentlyUsed()
    {
        var random = new Random(3);
        var tier = new MemoryTier(8, 20);
        var model = new List<(string Key, int Size)>();
        for (var i = 0; i < 20_000; i++)
        {
            var key = $"k{random.Next(20)}";
            if (random.Next(2) == 0)
            {
                var held = model.FindIndex(entry => entry.Key == key);
                tier.TryGet(CacheKey.Of(key), out _).Should().Be(held >= 0);
                if (held >= 0)
                {
                    model.Add(model[held]);
                    model.RemoveAt(held);
                }
            }
            else
            {
                var size = random.Next(1, 6);
                tier.Set(Of(key, size));
                model.RemoveAll(entry => entry.Key == key);
                while (model.Count >= 8 || model.Sum(entry => entry.Size) + size > 20)
                {
                    model.RemoveAt(0);
                }

                model.Add((key, size));
            }

            Keys(tier).Should().Equal(model.Select(entry => entry.Key).Order(StringComparer.Ordinal));
        }

        tier.Verify();
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
