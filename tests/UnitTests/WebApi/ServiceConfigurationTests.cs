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
