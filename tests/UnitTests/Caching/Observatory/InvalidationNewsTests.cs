using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Infrastructure.Caching.Observatory;

namespace NeuroLab.UnitTests.Caching.Observatory;

/// <summary>Which invalidations are news: each once, and none of before the node.</summary>
public sealed class InvalidationNewsTests : IAsyncLifetime
{
    private readonly EngineFixture _node = new();

    public Task InitializeAsync()
    {
        _ = _node.Services.GetRequiredService<EventFeed>();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task OwnWrite_WhenItIsReadBack_WasShownOnceAlready()
    {
        await _node.Follower.CatchUpAsync();
        await using var reader = await WatchReader.BeginAsync(_node);

        await _node.InvalidateAsync("own:*");
        var shown = await reader.NextAsync<InvalidationEvent>();
        await _node.Follower.CatchUpAsync();
        await _node.Follower.CatchUpAsync();
        await _node.InvalidateAsync("end:*");

        var now = _node.Time.GetUtcNow().UtcDateTime;
        shown.Should().Be(new InvalidationEvent(now, now, 0, InvalidationKind.Pattern, "own:*", Purges: false, "test", IsOwn: true));
        (await reader.TextsToAsync("end:*")).Should().Equal("end:*");
    }

    [Fact]
    public async Task OthersWrite_WhenItIsReadTwice_IsShownOnceWithItsLag()
    {
        await _node.Follower.CatchUpAsync();
        await using var reader = await WatchReader.BeginAsync(_node);
        var written = _node.Time.GetUtcNow().UtcDateTime;
        await _node.Journal.CommitElsewhereAsync("others:*");
        _node.Time.Advance(TimeSpan.FromSeconds(1.5));
        var learnt = _node.Time.GetUtcNow().UtcDateTime;

        // An older transaction is open: the position does not pass the record, and the next reading has it again.
        _node.Journal.Change = reading => reading with { Position = 1 };
        await _node.Follower.CatchUpAsync();
        await _node.Follower.CatchUpAsync();
        _node.Journal.Change = null;
        await _node.Follower.CatchUpAsync();
        await _node.InvalidateAsync("end:*");

        (await reader.NextAsync<InvalidationEvent>()).Should().Be(
            new InvalidationEvent(written, learnt, 1500, InvalidationKind.Pattern, "others:*", Purges: false, "elsewhere", IsOwn: false));
        (await reader.TextsToAsync("end:*")).Should().Equal("end:*");
    }

    [Fact]
    public async Task Write_WhenItIsFromBeforeTheNode_IsNoNews()
    {
        await _node.Journal.CommitElsewhereAsync("before:*");
        await using var reader = await WatchReader.BeginAsync(_node);

        await _node.Follower.CatchUpAsync();
        await _node.Journal.CommitElsewhereAsync("since:*");
        await _node.Follower.CatchUpAsync();

        (await reader.TextsToAsync("since:*")).Should().Equal("since:*");
    }

    [Fact]
    public async Task OwnWrite_WhenAReadingIsFasterThanItsWriter_IsShownOnce()
    {
        await _node.Follower.CatchUpAsync();
        await using var reader = await WatchReader.BeginAsync(_node);
        Invalidation[] written = [Invalidation.OfPattern(CachePattern.Glob("own:*"))];

        var position = await _node.Journal.AppendAsync(written, "test", default);
        await _node.Follower.CatchUpAsync();
        await _node.Commits.CommittedAsync(position, written, "test");
        await _node.Follower.CatchUpAsync();
        await _node.InvalidateAsync("end:*");

        (await reader.TextsToAsync("end:*")).Should().Equal("own:*", "end:*");
    }

    [Fact]
    public async Task OwnWrite_WhenItsRecordsAreNumberedOneByOne_IsShownOnce()
    {
        await _node.Follower.CatchUpAsync();
        await using var reader = await WatchReader.BeginAsync(_node);
        Invalidation[] written = [Invalidation.OfPattern(CachePattern.Glob("a:*")), Invalidation.OfPattern(CachePattern.Glob("b:*"))];

        // As on SQLite: the write is said to be where the last of its records is.
        await _node.Journal.AppendAsync([written[0]], "test", default);
        var position = await _node.Journal.AppendAsync([written[1]], "test", default);
        await _node.Commits.CommittedAsync(position, written, "test");
        await _node.Follower.CatchUpAsync();
        await _node.InvalidateAsync("end:*");

        (await reader.TextsToAsync("end:*")).Should().Equal("a:*", "b:*", "end:*");
    }

    [Fact]
    public async Task Write_WhenTheWritersClockIsAhead_HasNoLagBelowZero()
    {
        await _node.Follower.CatchUpAsync();
        await using var reader = await WatchReader.BeginAsync(_node);
        _node.Journal.Change = reading => reading with { Records = [.. reading.Records.Select(record => record with { At = record.At.AddMinutes(1) })] };

        await _node.Journal.CommitElsewhereAsync("others:*");
        await _node.Follower.CatchUpAsync();

        (await reader.NextAsync<InvalidationEvent>()).LagMs.Should().Be(0);
    }

    [Fact]
    public async Task Write_WhateverItNames_IsShownByItsKind()
    {
        await _node.Follower.CatchUpAsync();
        await using var reader = await WatchReader.BeginAsync(_node);
        Invalidation[] written =
        [
            Invalidation.OfTag("experiments"), Invalidation.Purge(CachePattern.Exact(CacheKey.Of("odd[key]*"))), Invalidation.OfPattern(CachePattern.Glob("a:?")),
        ];

        await _node.Cache.InvalidateAsync(written, "test", default);

        var shown = new List<(InvalidationKind, string, bool)>();
        while (shown.Count < written.Length)
        {
            var one = await reader.NextAsync<InvalidationEvent>();
            shown.Add((one.Kind, one.Text, one.Purges));
        }

        shown.Should().Equal((InvalidationKind.Tag, "experiments", false), (InvalidationKind.Key, "odd[key]*", true), (InvalidationKind.Pattern, "a:?", false));
    }
}
