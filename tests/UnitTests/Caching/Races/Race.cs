using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching.Races;

public enum RaceInvalidation
{
    RemoveKey,
    ExpireKey,
    Tag,
    Glob,
    Purge,
    ClearAll,
}

public enum RaceWay
{
    ForegroundLoad,
    EagerRefresh,
    LoadAfterASoftTimeout,
    PromotionFromRedis,
    ReuseOfAStaleCopy,
    JoiningAnOldLoad,
    ManualSet,
}

/// <summary>One meeting of an invalidation with something under way, over a key of its own.</summary>
/// <param name="reader">The node on which something is under way.</param>
/// <param name="writer">The node that invalidates; the same, or another one.</param>
/// <param name="invalidation">How.</param>
/// <param name="run">The number of the meeting: odd ones run both at the same time.</param>
internal sealed class Race(EngineFixture reader, EngineFixture writer, RaceInvalidation invalidation, int run)
{
    private const string Old = "old";
    private const string New = "new";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly CacheKey _key = CacheKey.Of($"race:{run}:summary");
    private readonly string[] _tags = [$"t{run}"];

    /// <summary>Lets the two meet.</summary>
    /// <returns>The token of the invalidation.</returns>
    public Task<ConsistencyToken> RunAsync(RaceWay way) => way switch
    {
        RaceWay.ForegroundLoad => ForegroundLoadAsync(),
        RaceWay.EagerRefresh => EagerRefreshAsync(),
        RaceWay.LoadAfterASoftTimeout => LoadAfterASoftTimeoutAsync(),
        RaceWay.PromotionFromRedis => PromotionFromRedisAsync(),
        RaceWay.ReuseOfAStaleCopy => ReuseOfAStaleCopyAsync(),
        RaceWay.JoiningAnOldLoad => JoiningAnOldLoadAsync(),
        _ => ManualSetAsync(),
    };

    /// <summary>Whoever must know of the write by now is given the new value: the writer, who presents its token, and everybody after the verification window.</summary>
    public async Task CheckAsync(ConsistencyToken token)
    {
        var byToken = new CacheReadOptions(After: token);
        if (run % 4 < 2)
        {
            await ExpectNewAsync(reader, reader == writer ? default : byToken);
            await ExpectNewAsync(writer, default);
        }
        else
        {
            await ExpectNewAsync(writer, default);
            await ExpectNewAsync(reader, byToken);
        }

        reader.Time.Advance(TimeSpan.FromSeconds(2));
        await ExpectNewAsync(reader, default);
    }

    private async Task<ConsistencyToken> ForegroundLoadAsync()
    {
        var load = new GatedLoad();
        var reading = ReadAsync(reader, load);
        await load.Began;
        var token = await MeetAsync(() => load.Finish(Old));
        await reading;
        return token;
    }

    private async Task<ConsistencyToken> EagerRefreshAsync()
    {
        await PutOldAsync();
        reader.Time.Advance(TimeSpan.FromSeconds(280));
        await reader.Follower.CatchUpAsync();
        var load = new GatedLoad();
        await ReadAsync(reader, load);
        await load.Began;
        var token = await MeetAsync(() => load.Finish(Old));
        await NothingUnderWayAsync();
        return token;
    }

    private async Task<ConsistencyToken> LoadAfterASoftTimeoutAsync()
    {
        await PutOldAsync();
        reader.Time.Advance(TimeSpan.FromSeconds(301));
        var load = new GatedLoad();
        var reading = ReadAsync(reader, load, new CachePolicy { SoftTimeout = TimeSpan.FromMilliseconds(50) });
        await load.Began;
        await Eventually.TrueAsync(() =>
        {
            reader.Time.Advance(TimeSpan.FromMilliseconds(50));
            return reading.IsCompleted;
        });
        (await reading).Freshness.StaleReason.Should().Be(StaleReason.OriginTimeout);
        var token = await MeetAsync(() => load.Finish(Old));
        await NothingUnderWayAsync();
        return token;
    }

    private async Task<ConsistencyToken> PromotionFromRedisAsync()
    {
        await reader.Cache.SetAsync(_key, Old, CachePolicy.Default, _tags, null, default);
        reader.Memory.TryPeek(_key, out var held).Should().BeTrue();
        reader.Memory.Remove(held!);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reader.Tier.AfterGet = () =>
        {
            asked.TrySetResult();
            return gate.Task;
        };
        var reading = ReadAsync(reader, New);
        await asked.Task;
        var token = await MeetAsync(gate.SetResult);
        await reading;
        reader.Tier.AfterGet = null;
        return token;
    }

    private async Task<ConsistencyToken> ReuseOfAStaleCopyAsync()
    {
        await PutOldAsync();
        reader.Time.Advance(TimeSpan.FromSeconds(301));
        var load = new GatedLoad();
        var reading = ReadAsync(reader, load);
        await load.Began;
        var token = await MeetAsync(() => load.Fail(new OriginUnavailableException(StaleReason.OriginError)));
        try
        {
            (await reading).Freshness.IsStale.Should().BeTrue();
        }
        catch (OriginUnavailableException)
        {
            // Purged before it could serve as a last resort.
        }

        return token;
    }

    private async Task<ConsistencyToken> JoiningAnOldLoadAsync()
    {
        var load = new GatedLoad();
        var reading = ReadAsync(reader, load);
        await load.Began;
        Task<Cached<string>>? meanwhile = null;
        var token = await MeetAsync(() => meanwhile = ReadAsync(reader, New));

        // The old load is not over: who comes now must not wait for it.
        await ExpectNewAsync(reader, new CacheReadOptions(After: token));
        load.Finish(Old);
        await reading;
        await meanwhile!;
        return token;
    }

    private async Task<ConsistencyToken> ManualSetAsync()
    {
        var miss = await reader.Cache.GetAsync<string>(_key, default);
        miss.Found.Should().BeNull();
        var setting = Task.CompletedTask;
        var token = await MeetAsync(() => setting = reader.Cache.SetAsync(_key, Old, CachePolicy.Default, _tags, miss.Lease, default));
        await setting;
        return token;
    }

    private async Task<ConsistencyToken> MeetAsync(Action open)
    {
        if (run % 2 == 0)
        {
            var acknowledged = await InvalidateAsync();
            if (run % 4 == 0)
            {
                // The reader knows of it before what is under way ends.
                await reader.Follower.CatchUpAsync();
            }

            open();
            return acknowledged;
        }

        var invalidating = Task.Run(InvalidateAsync);
        open();
        return await invalidating;
    }

    private Task<ConsistencyToken> InvalidateAsync() => invalidation switch
    {
        RaceInvalidation.RemoveKey => writer.Cache.RemoveAsync(_key, default),
        RaceInvalidation.ExpireKey => writer.Cache.ExpireAsync(_key, default),
        RaceInvalidation.Tag => InvalidateAsync(Invalidation.OfTag(_tags[0])),
        RaceInvalidation.Glob => InvalidateAsync(Invalidation.OfPattern(CachePattern.Glob($"r?ce:{run}:[r-t]*y"))),
        RaceInvalidation.Purge => InvalidateAsync(Invalidation.Purge(CachePattern.Glob($"race:{run}:*"))),
        _ => InvalidateAsync(Invalidation.OfPattern(CachePattern.All)),
    };

    private Task<ConsistencyToken> InvalidateAsync(Invalidation what) => writer.Cache.InvalidateAsync([what], "race", default);

    private Task NothingUnderWayAsync() => Eventually.TrueAsync(() => reader.Flights.Count == 0);

    private async Task PutOldAsync()
    {
        await ReadAsync(reader, Old);

        // Stored in Redis behind the answer: time must not move in the midst of that.
        await Eventually.TrueAsync(() => reader.Tier.Holds(_key));
    }

    private async Task ExpectNewAsync(EngineFixture node, CacheReadOptions options)
    {
        var answer = await node.GetAsync(static _ => Task.FromResult<LoadResult<string>>(New), options: options, tags: _tags, key: _key).WaitAsync(Bound);
        answer.Value.Should().Be(New, "meeting {0} was invalidated", run);
        answer.Freshness.IsStale.Should().BeFalse();
    }

    private Task<Cached<string>> ReadAsync(EngineFixture node, GatedLoad load, CachePolicy? policy = null) =>
        node.GetAsync(load.RunAsync, policy, tags: _tags, key: _key);

    private Task<Cached<string>> ReadAsync(EngineFixture node, string value) =>
        node.GetAsync(_ => Task.FromResult<LoadResult<string>>(value), tags: _tags, key: _key);
}
