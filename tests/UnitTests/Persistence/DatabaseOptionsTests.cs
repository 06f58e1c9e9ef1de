using Microsoft.Extensions.Configuration;
using NeuroLab.Infrastructure.Configuration;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.UnitTests.Persistence;

public sealed class DatabaseOptionsTests
{
    public static TheoryData<string, Action<DatabaseOptions>> Wrong => new()
    {
        { nameof(DatabaseOptions.Retries), o => o.Retries = -1 },
        { nameof(DatabaseOptions.Retries), o => o.Retries = 11 },
        { nameof(DatabaseOptions.RetryDelay), o => o.RetryDelay = TimeSpan.Zero },
        { nameof(DatabaseOptions.AttemptTimeout), o => o.AttemptTimeout = TimeSpan.FromSeconds(-1) },
        { nameof(DatabaseOptions.TotalTimeout), o => o.TotalTimeout = TimeSpan.FromSeconds(1) },
        { nameof(DatabaseOptions.JournalTimeout), o => o.JournalTimeout = TimeSpan.Zero },
        { nameof(DatabaseOptions.ProbeTimeout), o => o.ProbeTimeout = TimeSpan.FromDays(1) },
        { nameof(DatabaseOptions.StartupWait), o => o.StartupWait = TimeSpan.FromSeconds(-1) },
        { nameof(DatabaseOptions.MaxAbandonedCalls), o => o.MaxAbandonedCalls = 0 },
        { nameof(DatabaseOptions.BreakerFailureRatio), o => o.BreakerFailureRatio = 0 },
        { nameof(DatabaseOptions.BreakerFailureRatio), o => o.BreakerFailureRatio = double.NaN },
        { nameof(DatabaseOptions.BreakerMinimumThroughput), o => o.BreakerMinimumThroughput = 1 },
        { nameof(DatabaseOptions.BreakerSamplingDuration), o => o.BreakerSamplingDuration = TimeSpan.Zero },
        { nameof(DatabaseOptions.BreakerProbeInterval), o => o.BreakerProbeInterval = TimeSpan.Zero },
        { nameof(DatabaseOptions.BreakerMaxBreak), o => o.BreakerMaxBreak = TimeSpan.Zero },
    };

    [Fact]
    public void Validate_TheDefaults_Succeeds() => Failures(new DatabaseOptions()).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_AWrongValue_NamesTheSetting(string setting, Action<DatabaseOptions> change)
    {
        var options = new DatabaseOptions();
        change(options);

        Failures(options).Should().ContainSingle().Which.Should().StartWith($"Cache__Database__{setting} is ");
    }

    private static IReadOnlyList<string> Failures(DatabaseOptions options) => SettingReader.Failures(new ConfigurationBuilder().Build(), options);
}
