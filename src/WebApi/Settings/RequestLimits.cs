using System.Globalization;

namespace NeuroLab.WebApi.Settings;

/// <summary>How much the service takes on at once: the section <c>Limits</c>. Immutable.</summary>
internal sealed record RequestLimits
{
    /// <summary>The section's name.</summary>
    public const string Section = "Limits";

    private const int MostConnections = 1_000_000;
    private const int MostRequests = 100_000;

    private static readonly TimeSpan LeastTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostTimeout = TimeSpan.FromHours(1);

    /// <summary>Open connections, 1 to 1,000,000; one more is closed at once.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Requests under way, 1 to 100,000; one more is refused with 503.</summary>
    public int Requests { get; init; } = 2_000;

    /// <summary>Requests of one user under way, 1 to 100,000; one more is refused with 429. Not in force where <c>RATE_LIMIT_PER_MINUTE</c> is 0.</summary>
    public int RequestsPerUser { get; init; } = 200;

    /// <summary>The same for an address, whoever is signed in: half of all, for many may be behind one address, and never less than a user's.</summary>
    public int RequestsPerAddress => Math.Max(RequestsPerUser, Requests / 2);

    /// <summary>How long a request may take from its headers to its answer, 1 second to 1 hour; longer than a load (<c>Cache:HardTimeout</c>) may.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads the section.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="failures">Takes a sentence for each setting that is wrong.</param>
    public static RequestLimits Read(IConfiguration configuration, List<string> failures)
    {
        var (section, byDefault) = (configuration.GetSection(Section), new RequestLimits());
        return new RequestLimits
        {
            Connections = Number(section, nameof(Connections), byDefault.Connections, MostConnections, failures),
            Requests = Number(section, nameof(Requests), byDefault.Requests, MostRequests, failures),
            RequestsPerUser = Number(section, nameof(RequestsPerUser), byDefault.RequestsPerUser, MostRequests, failures),
            RequestTimeout = Time(section, nameof(RequestTimeout), byDefault.RequestTimeout, failures),
        };
    }

    private static int Number(IConfigurationSection section, string name, int byDefault, int most, List<string> failures)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return byDefault;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most)
        {
            return number;
        }

        failures.Add($"{Section}:{name} ({Section}__{name}) must be a whole number from 1 to {most}.");
        return byDefault;
    }

    private static TimeSpan Time(IConfigurationSection section, string name, TimeSpan byDefault, List<string> failures)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return byDefault;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= LeastTimeout && time <= MostTimeout)
        {
            return time;
        }

        failures.Add($"{Section}:{name} ({Section}__{name}) must be a time from {LeastTimeout} to {MostTimeout}, such as {byDefault}.");
        return byDefault;
    }
}
