using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.Streaming;

/// <summary>A stream of server-sent events, read one after the other. Not thread-safe.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    public const string Path = "/api/cache/stream";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<JsonElement>> _events;

    private EventStream(HttpResponseMessage answer, IAsyncEnumerator<SseItem<JsonElement>> events) => (_answer, _events) = (answer, events);

    /// <summary>The answer.</summary>
    public HttpResponseMessage Answer => _answer;

    /// <summary>The id of the last event that had one.</summary>
    public string? LastId { get; private set; }

    /// <summary>Opens the stream of the cache.</summary>
    public static async Task<EventStream> OpenAsync(HttpClient client, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        return await OfAsync(answer);
    }

    /// <summary>Reads an answer that has begun.</summary>
    public static async Task<EventStream> OfAsync(HttpResponseMessage answer)
    {
        var parser = SseParser.Create(await answer.Content.ReadAsStreamAsync(), static (_, data) =>
        {
            var reader = new Utf8JsonReader(data);
            return JsonElement.ParseValue(ref reader);
        });
        return new EventStream(answer, parser.EnumerateAsync().GetAsyncEnumerator());
    }

    /// <summary>The next event; null at the end.</summary>
    public async Task<SseItem<JsonElement>?> NextAsync()
    {
        if (!await _events.MoveNextAsync().AsTask().WaitAsync(Limit))
        {
            return null;
        }

        LastId = _events.Current.EventId ?? LastId;
        return _events.Current;
    }

    /// <summary>The data of the next event of a kind that is as wanted; the others are passed over.</summary>
    public async Task<JsonElement> NextAsync(string kind, Func<JsonElement, bool>? wanted = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await NextAsync() is { } one)
        {
            limit.Token.ThrowIfCancellationRequested();
            if (one.EventType == kind && wanted?.Invoke(one.Data) != false)
            {
                return one.Data;
            }
        }

        throw new InvalidDataException($"The stream ended before the event {kind} that was waited for.");
    }

    /// <summary>The texts of the next invalidations by a command, up to one of them.</summary>
    public async Task<List<string>> TextsToAsync(string last, string command = "ClearCache")
    {
        var texts = new List<string>();
        do
        {
            texts.Add((await NextAsync("invalidation", data => data.GetProperty("command").GetString() == command)).GetProperty("text").GetString()!);
        }
        while (texts[^1] != last);

        return texts;
    }

    /// <summary>Reads to the end.</summary>
    public async Task ToEndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await NextAsync() is not null)
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // First: a read that is under way ends with it.
        _answer.Dispose();
        try
        {
            await _events.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // A read that was given up is under way still.
        }
    }
}
