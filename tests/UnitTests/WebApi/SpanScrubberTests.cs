using System.Diagnostics;
using NeuroLab.WebApi.Telemetry;

namespace NeuroLab.UnitTests.WebApi;

public sealed class SpanScrubberTests : IDisposable
{
    private readonly ActivitySource _source = new("spans of " + nameof(SpanScrubberTests));
    private readonly ActivityListener _listener;
    private readonly SpanScrubber _scrubber = new();

    public SpanScrubberTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source == _source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _scrubber.Dispose();
        _listener.Dispose();
        _source.Dispose();
    }

    [Fact]
    public void OnEnd_OfAStatementOfNoRequest_KeepsItBack() => IsSent(null, ActivityKind.Client).Should().BeFalse("the journal is read four times a second, on every node");

    [Fact]
    public void OnEnd_OfARequestAndItsStatement_LetsThemThrough()
    {
        IsSent(null, ActivityKind.Server).Should().BeTrue();
        var request = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

        IsSent(request, ActivityKind.Client).Should().BeTrue();
    }

    private bool IsSent(ActivityContext? parent, ActivityKind kind)
    {
        using var span = _source.StartActivity("span", kind, parent ?? default)!;
        span.Recorded.Should().BeTrue();

        _scrubber.OnEnd(span);

        return span.Recorded;
    }
}
