using System.Collections.Concurrent;
using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;

namespace NeuroLab.UnitTests.Caching.Diagnostics;

/// <summary>What a trace shows of a request: whom it waited for, and never for which key.</summary>
public sealed class CacheTracingTests
{
    [Fact]
    public async Task Miss_WhenTraced_ShowsTheTiersAndTheLoadBelowTheRequest()
    {
        await using var node = new EngineFixture(redis: true);
        using var spans = new Spans();

        using (spans.Request())
        {
            await node.GetAsync("a");
        }

        await Eventually.TrueAsync(() => spans.Count(CacheTracing.Load) == 1);
        var load = spans.One(CacheTracing.Load);
        load.ParentSpanId.Should().Be(spans.Root.SpanId);
        Tag(load, CacheTelemetry.Outcome).Should().Be("origin");
        Tag(load, CacheTelemetry.Query).Should().NotBeNull();
        Tag(spans.One(CacheTracing.MemoryRead), CacheTelemetry.Outcome).Should().Be("miss");
        spans.One(CacheTracing.MemoryRead).ParentSpanId.Should().Be(spans.Root.SpanId);
        foreach (var (name, outcome) in ((string, string)[])[(CacheTracing.RedisRead, "miss"), (CacheTracing.Origin, "ok"), (CacheTracing.RedisWrite, "ok")])
        {
            spans.One(name).ParentSpanId.Should().Be(load.SpanId, name);
            Tag(spans.One(name), CacheTelemetry.Outcome).Should().Be(outcome);
        }

        spans.Of(CacheTracing.JournalRead).Should().ContainSingle("the node had not read the journal");
        spans.Everything.Should().NotContain(EngineFixture.Text);
    }

    [Fact]
    public async Task MemoryHit_WhenTraced_HasNoSpan()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        using var spans = new Spans();

        using (spans.Request())
        {
            (await node.GetAsync("b")).Freshness.Source.Should().Be(CacheSource.Memory);
        }

        spans.Everything.Should().BeEmpty();
    }

    [Fact]
    public async Task JoinedLoad_WhenTraced_IsLinkedFromTheWaitInTheOtherTrace()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        using var first = new Spans();
        using var second = new Spans();
        var load = new GatedLoad();
        Task<Cached<string>> loading, joining;
        using (first.Request())
        {
            loading = node.GetAsync(load.RunAsync);
        }

        await load.Began;
        using (second.Request())
        {
            joining = node.GetAsync(load.RunAsync);
        }

        load.Finish("a");
        await Task.WhenAll(loading, joining);

        await Eventually.TrueAsync(() => first.Count(CacheTracing.Load) == 1);
        var wait = second.One(CacheTracing.Wait);
        wait.Links.Should().ContainSingle().Which.Context.SpanId.Should().Be(first.One(CacheTracing.Load).SpanId);
        wait.Links.Single().Context.TraceId.Should().Be(first.Root.TraceId);
        Tag(wait, CacheTelemetry.Outcome).Should().Be("answered");
        second.Of(CacheTracing.Load).Should().BeEmpty("the load is the other request's");
        first.Of(CacheTracing.Wait).Should().BeEmpty();
    }

    [Fact]
    public async Task StaleCopy_WhenServedForAFailure_SaysWhy()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        await node.InvalidateAsync(EngineFixture.Text);
        using var spans = new Spans();

        using (spans.Request())
        {
            (await node.GetFailingAsync()).Freshness.IsStale.Should().BeTrue();
        }

        await Eventually.TrueAsync(() => spans.Count(CacheTracing.Load) == 1);
        var load = spans.One(CacheTracing.Load);
        (Tag(load, CacheTelemetry.Outcome), Tag(load, CacheTelemetry.Reason), Tag(load, CacheTelemetry.Invalidated)).Should().Be(("stale", "origin_error", true));
        Tag(spans.One(CacheTracing.Origin), CacheTelemetry.Outcome).Should().Be("origin_error");
        spans.One(CacheTracing.Origin).Status.Should().Be(ActivityStatusCode.Error);
    }

    [Fact]
    public async Task JournalRead_WhenForNobody_HasNoSpan()
    {
        await using var node = new EngineFixture();
        using var spans = new Spans();

        await node.Follower.CatchUpAsync();
        using (spans.Request())
        {
            await node.Follower.CatchUpAsync();
        }

        spans.Of(CacheTracing.JournalRead).Should().ContainSingle().Which.ParentSpanId.Should().Be(spans.Root.SpanId);
        spans.Roots.Should().BeEmpty();
    }

    private static object? Tag(Activity span, string name) => span.GetTagItem(name);

    /// <summary>Listens to the cache's spans, and keeps those of one request's trace.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == CacheTelemetry.Name,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        /// <summary>The request's own span.</summary>
        public Activity Root { get; } = new("request");

        public IEnumerable<Activity> All => _ended.Where(span => span.TraceId == Root.TraceId);

        /// <summary>Journal reads of this test's own that stand alone. Other tests trace nothing that has no parent.</summary>
        public IEnumerable<Activity> Roots => _ended.Where(span => span.OperationName == CacheTracing.JournalRead && span.ParentSpanId == default);

        /// <summary>All that the spans hold, as text.</summary>
        public string Everything => string.Join('\n', All.Select(span =>
            $"{span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects.Concat(span.Baggage.Select(one => KeyValuePair.Create(one.Key, (object?)one.Value))))}"));

        /// <summary>Begins the request; what is called until it ends belongs to it.</summary>
        public Activity Request() => Root.Start();

        public IEnumerable<Activity> Of(string name) => All.Where(span => span.OperationName == name);

        public int Count(string name) => Of(name).Count();

        public Activity One(string name) => Of(name).Should().ContainSingle(name).Subject;

        public void Dispose()
        {
            _listener.Dispose();
            Root.Dispose();
        }
    }
}
