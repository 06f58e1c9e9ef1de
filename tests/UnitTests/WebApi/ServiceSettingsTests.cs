using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NeuroLab.WebApi.Cli;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.UnitTests.WebApi;

public sealed class ServiceSettingsTests
{
    [Fact]
    public void Read_WhenNothingIsSet_HasTheDefaults()
    {
        var settings = Read();

        settings.RateLimitPerMinute.Should().Be(6000);
        settings.CorsOrigins.Should().BeEmpty();
        settings.KnownProxies.Should().BeEmpty();
        settings.PathBase.Should().BeNull();
        settings.AdminApiKey.Should().BeNull();
        settings.Metrics.Should().Be(MetricsAccess.Admin);
        settings.Limits.Should().Be(new RequestLimits { Connections = 10_000, Requests = 2_000, RequestsPerUser = 200, RequestTimeout = TimeSpan.FromSeconds(60) });
        settings.Limits.RequestsPerAddress.Should().Be(1_000);
    }

    [Fact]
    public void Read_WhenAllIsSet_HasIt()
    {
        var settings = Read(
            ("RATE_LIMIT_PER_MINUTE", "0"), ("Cors:Origins:0", "https://app.example.org"), ("Cors:Origins:1", "http://localhost:3000"),
            ("ForwardedHeaders:KnownProxies:0", "::1"), ("Authentication:AdminApiKey", "0123456789abcdef"), ("PathBase", "/neurolab"),
            ("Limits:Connections", "5"), ("Limits:Requests", "4"), ("Limits:RequestsPerUser", "3"), ("Limits:RequestTimeout", "00:02:00"),
            ("Metrics:Access", "off"));

        settings.RateLimitPerMinute.Should().Be(0);
        settings.CorsOrigins.Should().Equal("https://app.example.org", "http://localhost:3000");
        settings.KnownProxies.Should().ContainSingle();
        settings.PathBase.Should().Be("/neurolab");
        settings.AdminApiKey.Should().Be("0123456789abcdef");
        settings.Metrics.Should().Be(MetricsAccess.Off);
        settings.Limits.Should().Be(new RequestLimits { Connections = 5, Requests = 4, RequestsPerUser = 3, RequestTimeout = TimeSpan.FromMinutes(2) });
        settings.Limits.RequestsPerAddress.Should().Be(3);
    }

    [Theory]
    [InlineData("RATE_LIMIT_PER_MINUTE", "-1")]
    [InlineData("RATE_LIMIT_PER_MINUTE", "many")]
    [InlineData("RATE_LIMIT_PER_MINUTE", "1.5")]
    [InlineData("Cors:Origins:0", "*")]
    [InlineData("Cors:Origins:0", "https://app.example.org/path")]
    [InlineData("Cors:Origins:0", "app.example.org")]
    [InlineData("Cors:Origins:0", "ftp://app.example.org")]
    [InlineData("ForwardedHeaders:KnownProxies:0", "proxy.example.org")]
    [InlineData("PathBase", "neurolab")]
    [InlineData("PathBase", "/neurolab/")]
    [InlineData("PathBase", "/Api")]
    [InlineData("PathBase", "/metrics/lab")]
    [InlineData("PathBase", "//elsewhere.example")]
    [InlineData("Limits:Connections", "0")]
    [InlineData("Limits:Requests", "100001")]
    [InlineData("Limits:RequestsPerUser", "some")]
    [InlineData("Limits:RequestTimeout", "00:00:00.5")]
    [InlineData("Limits:RequestTimeout", "soon")]
    [InlineData("Metrics:Access", "everyone")]
    [InlineData("Metrics:Access", "1")]
    [InlineData("Authentication:AdminApiKey", "short")]
    [InlineData("Authentication:AdminApiKey", "with spaces and more")]
    public void Read_WhenASettingIsWrong_NamesItWithoutItsValue(string name, string value)
    {
        var read = () => Read((name, value));

        read.Should().Throw<OptionsValidationException>().Which.Failures.Should().ContainSingle().Which.Should().ContainEquivalentOf(name.Replace(":", "__", StringComparison.Ordinal)).And.NotContain($"'{value}'");
    }

    [Fact]
    public void Read_WhenSeveralAreWrong_NamesThemAll()
    {
        var read = () => Read(("RATE_LIMIT_PER_MINUTE", "x"), ("Cors:Origins:0", "x"));

        read.Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("--users 0")]
    [InlineData("--users x")]
    [InlineData("--users")]
    [InlineData("--users 1 --users 2")]
    [InlineData("--days 0")]
    [InlineData("--days 99999")]
    [InlineData("--experiments -1")]
    [InlineData("--verbose 1")]
    [InlineData("3")]
    public void SeedOptions_WhenWrong_AreRefused(string options) => SeedCommand.Parse(options.Split(' ')).Should().BeNull();

    [Fact]
    public void SeedOptions_WhenRight_AreRead()
    {
        SeedCommand.Parse([]).Should().Be(new SeedCommand(3, 200, 120, 1));
        SeedCommand.Parse(["--users", "2", "--experiments=5", "--days", "7", "--seed=9"]).Should().Be(new SeedCommand(2, 5, 7, 9));
    }

    private static ServiceSettings Read(params (string Name, string Value)[] settings) => ServiceSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        .Build());
}
