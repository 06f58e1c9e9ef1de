using System.Globalization;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;

namespace NeuroLab.WebApi.Telemetry;

/// <summary>Where traces and metrics are sent: the standard settings of OpenTelemetry's OTLP exporter. Immutable.</summary>
internal sealed record TelemetrySettings
{
    /// <summary>The setting that turns the exporter on.</summary>
    public const string EndpointName = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The setting that says how it speaks.</summary>
    public const string ProtocolName = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>The setting with the headers of every call, such as a key of the collector.</summary>
    public const string HeadersName = "OTEL_EXPORTER_OTLP_HEADERS";

    /// <summary>The setting that bounds one call.</summary>
    public const string TimeoutName = "OTEL_EXPORTER_OTLP_TIMEOUT";

    /// <summary>The setting that says how often metrics are sent.</summary>
    public const string MetricIntervalName = "OTEL_METRIC_EXPORT_INTERVAL";

    private const int MostMilliseconds = 3_600_000;

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
            failures.Add($"{EndpointName} must be an address such as http://collector.internal:4317: http or https, without user, password or query.");
        }

        var settings = new TelemetrySettings
        {
            Endpoint = uri ?? new Uri("http://localhost"),
            Protocol = ProtocolOf(configuration[ProtocolName], failures),
            Headers = HeadersOf(configuration[HeadersName], failures),
            Timeout = Milliseconds(configuration, TimeoutName, 10_000, failures),
            MetricInterval = Milliseconds(configuration, MetricIntervalName, 60_000, failures),
        };
        return failures.Count == 0 ? settings : throw new OptionsValidationException("telemetry", typeof(TelemetrySettings), failures);
    }

    private static OtlpExportProtocol ProtocolOf(string? text, List<string> failures)
    {
        switch (text)
        {
            case null or "" or "grpc":
                return OtlpExportProtocol.Grpc;
            case "http/protobuf":
                return OtlpExportProtocol.HttpProtobuf;
            default:
                failures.Add($"{ProtocolName} must be grpc or http/protobuf.");
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
            failures.Add($"{HeadersName} must be a list such as name=value,name=value.");
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

        failures.Add($"{name} must be a whole number of milliseconds from 1 to {MostMilliseconds}.");
        return byDefault;
    }
}
