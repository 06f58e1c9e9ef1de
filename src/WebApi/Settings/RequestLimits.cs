using System.ComponentModel.DataAnnotations;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.WebApi.Settings;

/// <summary>How much the service takes on at once: the section <c>Limits</c>. Immutable.</summary>
[SettingSection("Limits", SettingGroup.Service)]
internal sealed record RequestLimits
{
    /// <summary>Open connections; one more is closed at once.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; init; } = 10_000;

    /// <summary>Requests under way; one more is refused with 503 and <c>Retry-After</c>, probes of health and scrapes of metrics excepted.</summary>
    [Range(1, 100_000)]
    public int Requests { get; init; } = 2_000;

    /// <summary>
    /// Requests of one user under way; one more is refused with 429. Of an address, whoever is signed in, half of <see cref="Requests"/>, and 32 that have a password hashed.
    /// Not in force where <c>RATE_LIMIT_PER_MINUTE</c> is 0.
    /// </summary>
    [Range(1, 100_000)]
    public int RequestsPerUser { get; init; } = 200;

    /// <summary>Streams of the cache's observatory that are open on this node; one more is refused with 503 and <c>Retry-After</c>. They are not counted among the requests under way.</summary>
    [Range(1, 10_000)]
    public int Streams { get; init; } = 32;

    /// <summary>The same for an address, whoever is signed in: half of all, for many may be behind one address, and never less than a user's.</summary>
    public int RequestsPerAddress => Math.Max(RequestsPerUser, Requests / 2);

    /// <summary>How long a request may take from its headers to its answer; then it gets 503. Longer than a load (<c>Cache__HardTimeout</c>) may, or loads are cut short.</summary>
    [TimeRange("00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
