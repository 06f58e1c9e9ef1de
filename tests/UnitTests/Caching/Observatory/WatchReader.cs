using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.CacheAdministration;

namespace NeuroLab.UnitTests.Caching.Observatory;

/// <summary>Reads what a watcher sees, one after the other.</summary>
internal sealed class WatchReader(ICacheWatch watch) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end = new();
    private IAsyncEnumerator<WatchedEvent>? _events;

    /// <summary>Begins to watch, and reads how the nodes are at the beginning.</summary>
    public static async Task<WatchReader> BeginAsync(EngineFixture node, string? lastEventId = null)
    {
        var reader = new WatchReader(node.Services.GetRequiredService<ICacheObservatory>().Watch(lastEventId));
        (await reader.NextAsync()).Event.Should().BeOfType<NodesEvent>("it comes at once");
        return reader;
    }

    /// <summary>The next that is seen.</summary>
    public async Task<WatchedEvent> NextAsync()
    {
        _events ??= watch.ReadAllAsync(_end.Token).GetAsyncEnumerator(CancellationToken.None);
        (await _events.MoveNextAsync().AsTask().WaitAsync(Limit)).Should().BeTrue();
        return _events.Current;
    }

    /// <summary>The next that is seen, which is of this kind.</summary>
    public async Task<T> NextAsync<T>()
        where T : CacheEvent => (await NextAsync()).Event.Should().BeOfType<T>().Subject;

    /// <summary>The texts of the next invalidations, up to one.</summary>
    public async Task<List<string>> TextsToAsync(string last)
    {
        var texts = new List<string>();
        do
        {
            texts.Add((await NextAsync<InvalidationEvent>()).Text);
        }
        while (texts[^1] != last);

        return texts;
    }

    /// <summary>Whether there is nothing more, once it is ended.</summary>
    public async Task<bool> EndsAsync()
    {
        var more = _events!.MoveNextAsync().AsTask();
        await _end.CancelAsync();
        return !await more.WaitAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        _end.Dispose();
    }
}
