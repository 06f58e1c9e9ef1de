using System.Globalization;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Configuration;
using OpenTelemetry.Exporter;

namespace NeuroLab.WebApi.Telemetry;

/// <summary>Where traces and metrics are sent: the standard settings of OpenTelemetry's OTLP exporter. Immutable.</summary>
internal sealed record TelemetrySettings
{
    /// <summary>The collector to which traces and metrics are sent; http or https, without user, password or query. Without it nothing is sent.</summary>
    [Setting(SettingGroup.Telemetry)]
    public const string EndpointName = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>How it is spoken to; <c>http/protobuf</c> below <c>/v1/traces</c> and <c>/v1/metrics</c>.</summary>
    [Setting(SettingGroup.Telemetry, Default = Grpc, Bounds = "grpc or http/protobuf")]
    public const string ProtocolName = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>Headers of every call, such as a key of the collector: <c>name=value,name=value</c>.</summary>
    [Setting(SettingGroup.Telemetry, IsSecret = true)]
    public const string HeadersName = "OTEL_EXPORTER_OTLP_HEADERS";

    /// <summary>Milliseconds that one call may take.</summary>
    [Setting(SettingGroup.Telemetry, Default = DefaultTimeout, Bounds = MillisecondBounds)]
    public const string TimeoutName = "OTEL_EXPORTER_OTLP_TIMEOUT";

    /// <summary>Milliseconds between two reports of the metrics.</summary>
    [Setting(SettingGroup.Telemetry, Default = DefaultMetricInterval, Bounds = MillisecondBounds)]
    public const string MetricIntervalName = "OTEL_METRIC_EXPORT_INTERVAL";

    private const string Grpc = "grpc";
    private const string MillisecondBounds = "from 1 to 3600000";
    private const int MostMilliseconds = 3_600_000;
    private const int DefaultTimeout = 10_000;
    private const int DefaultMetricInterval = 60_000;

    /// <summary>The collector; http or https.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>How it is spoken to.</summary>
    public required OtlpExportProtocol Protocol { get; init; }

    /// <summary>Headers of every call, <c>name=value,name=value</c>; null for none. Secret.</summary>
    public required string? Headers { get; init; }

    /// <summary>How long one call may take, in milliseconds.</summary>
    public required int Timeout { get; init; }

    /// <summary>How often metrics are sent, in milliseconds.</summary>
    public required int MetricInterval { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <returns>Null where no endpoint is set: nothing is sent.</returns>
    /// <exception cref="OptionsValidationException">One or more are wrong; each failure is a sentence that names its setting.</exception>
    public static TelemetrySettings? Read(IConfiguration configuration)
    {
        var endpoint = configuration[EndpointName];
        if (string.IsNullOrWhiteSpace(endpoint))
        {
            return null;
        }

        var failures = new List<string>();
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Query.Length > 0)
        {
            failures.Add(SettingText.Wrong(EndpointName, "is no such address", "an address of http or https without user, password or query", "http://collector.internal:4317"));
        }

        var settings = new TelemetrySettings
        {
            Endpoint = uri ?? new Uri("http://localhost"),
            Protocol = ProtocolOf(configuration[ProtocolName]?.Trim(), failures),
            Headers = HeadersOf(configuration[HeadersName], failures),
            Timeout = Milliseconds(configuration, TimeoutName, DefaultTimeout, failures),
            MetricInterval = Milliseconds(configuration, MetricIntervalName, DefaultMetricInterval, failures),
        };
        return failures.Count == 0 ? settings : throw new OptionsValidationException("telemetry", typeof(TelemetrySettings), failures);
    }

    private static OtlpExportProtocol ProtocolOf(string? text, List<string> failures)
    {
        switch (string.IsNullOrWhiteSpace(text) ? Grpc : text)
        {
            case Grpc:
                return OtlpExportProtocol.Grpc;
            case "http/protobuf":
                return OtlpExportProtocol.HttpProtobuf;
            default:
                failures.Add(SettingText.Wrong(ProtocolName, "is no known protocol", "grpc or http/protobuf", Grpc));
                return OtlpExportProtocol.Grpc;
        }
    }

    private static string? HeadersOf(string? text, List<string> failures)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (text.Split(',').Any(pair => pair.IndexOf('=', StringComparison.Ordinal) < 1))
        {
            failures.Add(SettingText.Wrong(HeadersName, "is no list of headers", "of this form", "name=value,name=value"));
        }

        return text;
    }

    private static int Milliseconds(IConfiguration configuration, string name, int byDefault, List<string> failures)
    {
        var text = configuration[name];
        if (string.IsNullOrWhiteSpace(text))
        {
            return byDefault;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MostMilliseconds)
        {
            return number;
        }

        failures.Add(SettingText.Wrong(name, "is no such number", $"a whole number of milliseconds from 1 to {MostMilliseconds}", $"{byDefault}"));
        return byDefault;
    }
}
