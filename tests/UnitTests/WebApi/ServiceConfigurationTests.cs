using Microsoft.Extensions.Configuration;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.UnitTests.WebApi;

public sealed class ServiceConfigurationTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Failures_WhenEverySettingIsEmpty_AreNone(string empty)
    {
        var keys = ServiceConfiguration.Settings.SelectMany(setting => new[] { setting.IsList ? setting.Path + ":0" : setting.Path, setting.Alias }).OfType<string>().ToList();

        ServiceConfiguration.Failures(Configuration([.. keys.Select(key => (key, empty))])).Should().BeEmpty();

        // By itself, too: an empty setting may be hidden by another.
        keys.Where(key => ServiceConfiguration.Failures(Configuration(("REDIS_HOST", "redis.internal"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), (key, empty))).Count > 0).Should().BeEmpty();
    }

    [Theory]
    [InlineData("ConnectionStrings:Postgress", "ConnectionStrings__Postgress is not a setting; ConnectionStrings__Postgres is.")]
    [InlineData("Metrics:Acess", "Metrics__Acess is not a setting; Metrics__Access is.")]
    public void Failures_WhenANameInASectionOfSeveralHasASlip_SayWhichIsMeant(string key, string sentence) => ServiceConfiguration.Failures(Configuration((key, "off"))).Should().Equal(sentence);

    [Theory]
    [InlineData("ConnectionStrings:Warehouse")]
    [InlineData("Metrics:EnabledMetrics:System.Runtime")]
    public void Failures_WhenANameIsSomebodyElses_AreNone(string key) => ServiceConfiguration.Failures(Configuration((key, "off"))).Should().BeEmpty();

    [Theory]
    [InlineData("Cache:Redis")]
    [InlineData("Cache:Database")]
    [InlineData("Authentication:Jwt")]
    public void Failures_WhenASectionHasAValue_SayWhereItsSettingsAre(string key) =>
        ServiceConfiguration.Failures(Configuration((key, "hunter2"))).Should().ContainSingle().Which.Should().StartWith($"{key.Replace(":", "__", StringComparison.Ordinal)} is a section").And.NotContain("hunter2");

    [Theory]
    [InlineData("Authentication:DefaultScheme")]
    [InlineData("Authentication:Schemes:Bearer:ValidAudience")]
    public void Failures_WhenASettingIsTheFrameworksOwn_AreNone(string key) => ServiceConfiguration.Failures(Configuration((key, "x"))).Should().BeEmpty();

    [Theory]
    [InlineData("RATE_LIMIT_PER_MINUTE", "100 ")]
    [InlineData("Metrics:Access", "admin\r")]
    [InlineData("REDIS_PORT", " 6379")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc ")]
    public void Failures_WhenBlanksSurroundAValue_AreNone(string key, string value) =>
        ServiceConfiguration.Failures(Configuration(("REDIS_HOST", "cache"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), (key, value))).Should().BeEmpty();

    [Theory]
    [InlineData("Cors:Origins")]
    [InlineData("ForwardedHeaders:KnownProxies")]
    [InlineData("Authentication:Jwt:PreviousSecrets")]
    public void Failures_WhenAListIsWrittenLikeASingleValue_SayHowItIsWritten(string key)
    {
        var name = key.Replace(":", "__", StringComparison.Ordinal);

        ServiceConfiguration.Failures(Configuration((key, "hunter2"))).Should().Equal($"{name} is a list: write {name}__0 for its first element, {name}__1 for the next.");
    }

    /// <summary>The host takes the prefix from environment variables alone: on the command line such a name would be believed and do nothing.</summary>
    [Theory]
    [InlineData("ASPNETCORE_URLS", false)]
    [InlineData("ASPNETCORE_PATHBASE", false)]
    [InlineData("urls", true)]
    [InlineData("PathBase", true)]
    [InlineData("DATA_DIR", true)]
    [InlineData("CACHE_DEFAULT_TTL", true)]
    public void PlainNames_Always_AreThoseThatTheCommandLineIsReadBy(string name, bool isOne) => ServiceConfiguration.PlainNames.Contains(name).Should().Be(isOne);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hunter2@collector")]
    [InlineData("REDIS_HOST", "redis://:hunter2@h")]
    [InlineData("REDIS_HOST", "cache:6379,password=hunter2,ssl=true")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c.example/?api_key=hunter2")]
    [InlineData("Cors:Origins:0", "https://user:hunter2@app.example")]
    public void Effective_WhenAPasswordStandsWhereNoneBelongs_IsNotShown(string key, string value)
    {
        var shown = EffectiveSettings.Of(Configuration((key, value)), ServiceConfiguration.Settings);

        shown.Where(one => one.Source == "program").Should().ContainSingle().Which.Value.Should().Be("set");
        ServiceConfiguration.Failures(Configuration((key, value))).Should().ContainSingle().Which.Should().NotContain("hunter2");
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in settings)
        {
            // The last of a name counts.
            values[key] = value;
        }

        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }
}
