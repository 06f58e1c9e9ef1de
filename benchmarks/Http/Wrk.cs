using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace NeuroLab.Benchmarks.Http;

/// <summary>What one run of wrk measured.</summary>
/// <param name="Requests">How many were answered.</param>
/// <param name="PerSecond">How many in a second.</param>
/// <param name="P99">How long one took in 99 of 100 cases, in nanoseconds.</param>
/// <param name="BytesEach">How long an answer was, head and body.</param>
internal readonly record struct WrkResult(long Requests, double PerSecond, double P99, double BytesEach);

/// <summary>Asks a server as fast as it answers, by the program wrk.</summary>
internal static partial class Wrk
{
    public const int Connections = 64;

    /// <summary>Asks for a while.</summary>
    /// <exception cref="InvalidOperationException">An answer was an error, or a connection failed.</exception>
    public static async Task<WrkResult> RunAsync(Uri address, IReadOnlyList<string> headers, double seconds)
    {
        // It takes whole seconds only; a shorter run is ended by its signal, and tells all the same.
        var isShort = seconds < 1;
        var start = new ProcessStartInfo("wrk", ["-t1", $"-c{Connections}", $"-d{(isShort ? 1 : (int)seconds)}s", "--latency", .. headers.SelectMany(static header => new[] { "-H", header }), address.ToString()])
        {
            RedirectStandardOutput = true,
        };
        using var wrk = Process.Start(start) ?? throw new InvalidOperationException("wrk did not start: install it (the package wrk of Debian).");
        var output = wrk.StandardOutput.ReadToEndAsync();
        if (isShort)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            using var end = Process.Start("kill", ["-s", "INT", wrk.Id.ToString(CultureInfo.InvariantCulture)]);
            await end.WaitForExitAsync();
        }

        await wrk.WaitForExitAsync();
        return Parse(await output);
    }

    private static WrkResult Parse(string output)
    {
        var total = Total().Match(output);
        if (Wrong().IsMatch(output) || !total.Success)
        {
            throw new InvalidOperationException($"The run does not count: {output}");
        }

        var requests = long.Parse(total.Groups["count"].Value, CultureInfo.InvariantCulture);
        return new WrkResult(
            requests,
            Number(PerSecond().Match(output).Groups["number"]),
            Number(P99().Match(output).Groups["number"]) * Nanoseconds(P99().Match(output).Groups["unit"].Value),
            Number(total.Groups["bytes"]) * Bytes(total.Groups["unit"].Value) / requests);
    }

    private static double Number(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static double Nanoseconds(string unit) => unit switch { "us" => 1e3, "ms" => 1e6, "s" => 1e9, _ => throw new FormatException($"{unit} is no unit of wrk.") };

    private static double Bytes(string unit) => unit switch { "B" => 1, "KB" => 1 << 10, "MB" => 1 << 20, "GB" => 1 << 30, _ => throw new FormatException($"{unit} is no unit of wrk.") };

    [GeneratedRegex(@"(?<count>\d+) requests in \S+, (?<bytes>[\d.]+)(?<unit>[KMG]?B) read")]
    private static partial Regex Total();

    [GeneratedRegex(@"Requests/sec:\s+(?<number>[\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"\n +99%\s+(?<number>[\d.]+)(?<unit>us|ms|s)")]
    private static partial Regex P99();

    [GeneratedRegex("Non-2xx|Socket errors")]
    private static partial Regex Wrong();
}
