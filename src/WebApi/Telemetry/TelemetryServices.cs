using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Telemetry;

/// <summary>Registers the sending of traces and metrics, and the scraping of metrics.</summary>
internal static class TelemetryServices
{
    /// <summary>Sends traces and metrics where the settings name a collector, and collects metrics to be scraped where that is not turned off.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong; the message names it.</exception>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration, ServiceSettings service)
    {
        if (service.Metrics != MetricsAccess.Off)
        {
            services.AddSingleton<MetricsScrape>();
        }

        if (TelemetrySettings.Read(configuration) is not { } settings)
        {
            return;
        }

        services.AddSingleton(settings);
        services.AddHostedService<TelemetryExport>();
    }

    /// <summary>Describes the spans of requests, where they are sent.</summary>
    public static void UseTelemetry(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<TelemetrySettings>() is not null)
        {
            app.UseMiddleware<SpanTags>();
        }
    }
}
