using System.Diagnostics;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace NeuroLab.WebApi.Telemetry;

/// <summary>
/// Sends traces and metrics to a collector, from threads of its own: a collector that hangs, refuses or is not there costs no request anything; what
/// it does not take is dropped. The end waits for the last of them for <see cref="FlushLimit"/> at most, and not at all once the shutdown has used up its
/// time. Thread-safe.
/// </summary>
internal sealed partial class TelemetryExport : IHostedService, IDisposable
{
    /// <summary>The sources of spans that are sent.</summary>
    public static readonly IReadOnlyList<string> Sources = ["Microsoft.AspNetCore", "Npgsql", CacheTelemetry.Name];

    /// <summary>The meters whose metrics are sent, and scraped.</summary>
    public static readonly IReadOnlyList<string> Meters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql", CacheTelemetry.Name];

    /// <summary>How long the end waits for what is still to be sent.</summary>
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly TelemetrySettings _settings;
    private readonly ILogger<TelemetryExport> _logger;

    /// <summary>Begins to collect.</summary>
    public TelemetryExport(TelemetrySettings settings, ILogger<TelemetryExport> logger)
    {
        (_settings, _logger) = (settings, logger);
        var resource = Resource();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource([.. Sources])
            // Before the exporter: processors run in the order in which they were added.
            .AddProcessor(new SpanScrubber())
            .AddOtlpExporter(exporter => Configure(exporter, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter([.. Meters])
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = _settings.MetricInterval;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = _settings.Timeout;
            })
            .Build();
    }

    /// <summary>What the service calls itself.</summary>
    public static ResourceBuilder Resource() => ResourceBuilder.CreateEmpty()
        .AddService("neurolab", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3))
        .AddTelemetrySdk()
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
        .AddEnvironmentVariableDetector();

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogStarted(_settings.Protocol);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var limit = (int)FlushLimit.TotalMilliseconds;
        var started = Stopwatch.GetTimestamp();
        var flushing = Task.WhenAll(Task.Run(() => _traces.Shutdown(limit), CancellationToken.None), Task.Run(() => _metrics.Shutdown(limit), CancellationToken.None));
        await ((Task)flushing).WaitAsync(FlushLimit, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!flushing.IsCompletedSuccessfully || !Array.TrueForAll(await flushing, sent => sent))
        {
            LogNotFlushed(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _ = Task.Run(() =>
    {
        // Waits for the exporters' threads, which a collector may hold up: nobody waits for that.
        _traces.Dispose();
        _metrics.Dispose();
    });

    private void Configure(OtlpExporterOptions exporter, string signal)
    {
        exporter.Protocol = _settings.Protocol;
        exporter.TimeoutMilliseconds = _settings.Timeout;
        exporter.Headers = _settings.Headers;
        // By gRPC the method is the path; by HTTP every signal has a path of its own below the endpoint's.
        exporter.Endpoint = _settings.Protocol == OtlpExportProtocol.Grpc
            ? _settings.Endpoint
            : new Uri($"{_settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{signal}");
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Information, Message = "Traces and metrics are sent to a collector ({Protocol}).")]
    private partial void LogStarted(OtlpExportProtocol protocol);

    [LoggerMessage(EventId = 6102, Level = LogLevel.Warning, Message = "The last traces and metrics may not have been sent: the collector did not take them within {Seconds:0.0} s.")]
    private partial void LogNotFlushed(double seconds);
}
