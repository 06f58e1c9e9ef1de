using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.WebApi.Streaming;
using NSubstitute;

namespace NeuroLab.UnitTests.WebApi;

/// <summary>How long a stream outlives the service's will to stop.</summary>
public sealed class EventStreamResultTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lifetime _request = new();
    private readonly StalledBody _body = new();
    private readonly DefaultHttpContext _http;

    public EventStreamResultTests()
    {
        var lifetime = Substitute.For<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Returns(_stopping.Token);
        _http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton<TimeProvider>(_clock).AddSingleton(lifetime).BuildServiceProvider() };
        _http.Features.Set<IHttpRequestLifetimeFeature>(_request);
        _http.Response.Body = _body;
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _request.Dispose();
        _body.Dispose();
    }

    [Fact]
    public async Task Execute_WhenTheServiceStopsAndTheClientReadsNoMore_CutsItOffAfterAMoment()
    {
        var answering = new EventStreamResult(Events()).ExecuteAsync(_http);
        await _body.Stalled.WaitAsync(TimeSpan.FromSeconds(20));
        _clock.Advance(TimeSpan.FromHours(1));
        _request.RequestAborted.IsCancellationRequested.Should().BeFalse("a client may be slow while the service runs");

        await _stopping.CancelAsync();
        _clock.Advance(EventStreamResult.EndsWithin - TimeSpan.FromMilliseconds(1));
        _request.RequestAborted.IsCancellationRequested.Should().BeFalse("who reads gets the rest");
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await FluentActions.Awaiting(() => answering.WaitAsync(TimeSpan.FromSeconds(20))).Should().ThrowAsync<OperationCanceledException>();
        _request.RequestAborted.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public async Task Execute_WhenItEndedBeforeTheServiceStops_CutsNothingOff()
    {
        _http.Response.Body = new MemoryStream();
        await new EventStreamResult(Events()).ExecuteAsync(_http).WaitAsync(TimeSpan.FromSeconds(20));

        await _stopping.CancelAsync();
        _clock.Advance(TimeSpan.FromHours(1));

        _request.RequestAborted.IsCancellationRequested.Should().BeFalse("the connection may carry other answers");
    }

    private static async IAsyncEnumerable<SseItem<byte[]>> Events([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        yield return new SseItem<byte[]>("{}"u8.ToArray());
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource _aborted = new();

        public Lifetime() => RequestAborted = _aborted.Token;

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => _aborted.Cancel();

        public void Dispose() => _aborted.Dispose();
    }

    /// <summary>Takes nothing, as a connection whose client reads no more.</summary>
    private sealed class StalledBody : MemoryStream
    {
        private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stalled => _stalled.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
