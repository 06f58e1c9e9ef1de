using NeuroLab.WebApi.Security;
using NeuroLab.WebApi.Settings;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace NeuroLab.WebApi.Telemetry;

/// <summary>
/// Collects metrics to be scraped by Prometheus, in its text format or as OpenMetrics, whichever it asks for. Scrapes that come at the same time share one
/// collection. Thread-safe.
/// </summary>
internal sealed class MetricsScrape : IDisposable
{
    /// <summary>Where they are read.</summary>
    public const string Path = "/metrics";

    private readonly MeterProvider _metrics = Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(TelemetryExport.Resource())
        .AddMeter([.. TelemetryExport.Meters])
        .AddPrometheusExporter(static options =>
        {
            // The name of the meter says nothing that the metric's own does not.
            options.ScopeInfoEnabled = false;
            // The dashboard and the alerts go by these names, whatever another version of the exporter takes by default.
            options.TranslationStrategy = PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes;
        })
        .Build();

    /// <summary>Answers a scrape.</summary>
    /// <param name="services">The services of the application.</param>
    public RequestDelegate Handler(IServiceProvider services) =>
        new ApplicationBuilder(services).UseOpenTelemetryPrometheusScrapingEndpoint(_metrics, static _ => true, null, null, null).Build();

    /// <inheritdoc />
    public void Dispose() => _metrics.Dispose();
}

/// <summary>Maps the page of the metrics.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Maps the page for whom the settings open it to. It is for operators, in a format of its own, and no part of the API's description.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, ServiceSettings settings)
    {
        if (settings.Metrics == MetricsAccess.Off)
        {
            return;
        }

        var page = routes.MapGet(MetricsScrape.Path, routes.ServiceProvider.GetRequiredService<MetricsScrape>().Handler(routes.ServiceProvider)).ExcludeFromDescription();
        if (settings.Metrics == MetricsAccess.Admin)
        {
            page.RequireAuthorization(AuthenticationSetup.AdminPolicy);
        }
    }
}
