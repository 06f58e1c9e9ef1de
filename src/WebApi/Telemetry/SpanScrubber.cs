using System.Diagnostics;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using OpenTelemetry;

namespace NeuroLab.WebApi.Telemetry;

/// <summary>
/// Takes everything out of a span that may say something of a user or hold a secret: paths and queries, client programs, SQL, connection strings, texts of
/// exceptions. Keeps back whole what belongs to no request. What is let through is listed; a tag that a library adds one day is not sent until somebody has looked at it. Thread-safe.
/// </summary>
internal sealed class SpanScrubber : BaseProcessor<Activity>
{
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "http.request.method", "http.response.status_code", "http.route", "url.scheme", "network.protocol.version", "error.type",
        "db.system.name", "db.operation.name", "db.response.status_code", "db.npgsql.rows",
        CacheTelemetry.Outcome, CacheTelemetry.Reason, CacheTelemetry.Invalidated, CacheTelemetry.Query,
    };

    private readonly ActivityListener _exceptions = new()
    {
        ShouldListenTo = static source => TelemetryExport.Sources.Contains(source.Name),
        ExceptionRecorder = static (Activity _, Exception _, ref TagList tags) =>
        {
            // Given here, they are not taken from the exception, whose text was not written for others.
            tags.Add("exception.message", "");
            tags.Add("exception.stacktrace", "");
        },
    };

    /// <summary>Begins to listen to exceptions.</summary>
    public SpanScrubber() => ActivitySource.AddActivityListener(_exceptions);

    /// <inheritdoc />
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Client && data.ParentSpanId == default)
        {
            // A call of no request, such as the poll of the journal: four traces a second and node, of which nobody asked anything. What is not recorded is not sent.
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        // Setting a tag to null takes it away, so the list is walked over a copy.
        foreach (var (name, _) in data.TagObjects.ToArray())
        {
            if (!Allowed.Contains(name))
            {
                data.SetTag(name, null);
            }
        }

        // What a client sent along, and the description that a driver made of an exception.
        data.TraceStateString = null;
        data.SetStatus(data.Status);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _exceptions.Dispose();
        base.Dispose(disposing);
    }
}
