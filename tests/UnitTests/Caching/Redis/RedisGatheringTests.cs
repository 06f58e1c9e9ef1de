using System.Collections.Concurrent;
using NeuroLab.Infrastructure.Caching.Redis;

namespace NeuroLab.UnitTests.Caching.Redis;

public sealed class RedisGatheringTests
{
    private readonly ConcurrentQueue<int[]> _sent = new();
    private readonly RedisGathering<int> _gathering;

    public RedisGatheringTests() => _gathering = new RedisGathering<int>(_sent.Enqueue);

    [Fact]
    public void TryGoAlone_WhenNothingIsUnderWay_IsTrueUntilOneIs()
    {
        _gathering.TryGoAlone().Should().BeTrue();
        _gathering.TryGoAlone().Should().BeFalse();

        _gathering.NoteReply();

        _gathering.TryGoAlone().Should().BeTrue();
    }

    [Fact]
    public async Task Add_WhenMoreWaitThanGoTogether_SendsEachOnceInGroups()
    {
        const int Calls = (RedisGathering<int>.MaxTogether * 3) + 5;
        for (var i = 0; i < Calls; i++)
        {
            _gathering.Add(i);
        }

        await Eventually.TrueAsync(() => _sent.Sum(static group => group.Length) == Calls);
        _sent.Should().OnlyContain(static group => group.Length > 0 && group.Length <= RedisGathering<int>.MaxTogether);
        _sent.SelectMany(static group => group).Should().BeEquivalentTo(Enumerable.Range(0, Calls));
    }

    [Fact]
    public async Task Add_WhenNoReplyComes_SendsNevertheless()
    {
        _gathering.TryGoAlone().Should().BeTrue();

        for (var i = 0; i < 3; i++)
        {
            _gathering.Add(i);
            await Eventually.TrueAsync(() => _sent.Sum(static group => group.Length) == i + 1);
        }
    }
}
