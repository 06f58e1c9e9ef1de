using System.Text.Json;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.Settings;

/// <summary>What an operator is told of the settings, by the real executable.</summary>
public sealed class SettingsCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Start_WhenManySettingsAreWrong_SaysOfAllAtOnceHowToMendThem()
    {
        var (exitCode, output) = await ServiceProcess.RunToEndAsync(Settings(
            ("ASPNETCORE_URLS", "nonsense"),
            ("RATE_LIMIT_PER_MINUTE", "many"),
            ("Authentication__Jwt__Secret", "too-short-hunter2"),
            ("Authentication__Jwt__PreviousSecrets__0", "older-hunter2"),
            ("Authentication__AdminKey", "misnamed-hunter2"),
            ("ConnectionStrings__Postgres", "postgres://user:hunter2@host/db"),
            ("REDIS_URL", "http://user:hunter2@host"),
            ("CACHE_DEFAULT_TTL", "soon"),
            ("Cache__Database__Retries", "77"),
            ("Cache__Redis__Breaker__MaxBrake", "00:00:10"),
            ("Limits__Requests", "0"),
            ("Cors__Origins__0", "*"),
            ("Experiments__RandomSeed", "dice"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "-1")));

        exitCode.Should().Be(1, output);
        var lines = output.Split('\n');
        lines[0].Should().Be("15 settings are wrong:");
        lines.Skip(1).Should().HaveCount(15).And.OnlyContain(line => line.StartsWith("  - "));
        foreach (var name in new[]
        {
            "ASPNETCORE_URLS", "RATE_LIMIT_PER_MINUTE", "Authentication__Jwt__Secret", "Authentication__Jwt__PreviousSecrets__0", "Authentication__AdminKey", "ConnectionStrings__Postgres",
            "REDIS_URL", "CACHE_DEFAULT_TTL", "Cache__Database__Retries", "Cache__Redis__Breaker__MaxBrake", "Limits__Requests", "Cors__Origins__0", "Experiments__RandomSeed",
            "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TIMEOUT",
        })
        {
            lines.Should().ContainSingle(line => line.StartsWith($"  - {name} ")).Which.Should().MatchRegex("it must be .+, such as .+|is not a setting; .+ is\\.");
        }

        output.Should().NotContain("hunter2").And.NotContain("   at ").And.NotContain("Exception");
    }

    [Fact]
    public async Task Settings_WhenPrinted_SayWhatIsInForceAndWhereItComesFrom()
    {
        var (exitCode, output) = await ServiceProcess.RunToEndAsync(
            Settings(("CACHE_DEFAULT_TTL", "20"), ("REDIS_URL", "redis://:hunter2@cache.internal"), ("Cors__Origins__0", "https://a.example.org"), ("Cors__Origins__1", "https://b.example.org")),
            "settings");

        exitCode.Should().Be(0, output);
        output.Should().MatchRegex(@"CACHE_DEFAULT_TTL +20 +environment").And.MatchRegex(@"REDIS_URL +set +environment").And.MatchRegex(@"Cache__Jitter +0\.1 +default");
        output.Should().MatchRegex(@"Cors__Origins__0 +https://a\.example\.org, https://b\.example\.org +environment").And.MatchRegex(@"Authentication__AdminApiKey +not set +default");
        output.Should().NotContain("hunter2");
        _folder.EnumerateFileSystemInfos().Should().BeEmpty("nothing is made");
    }

    [Fact]
    public async Task Settings_WhenPrintedForScriptsAndOneIsWrong_AreOneDocumentWithTheProblem()
    {
        var (exitCode, output) = await ServiceProcess.RunToEndAsync(Settings(("Cache__Jitter", "2")), "settings", "--json");

        exitCode.Should().Be(1);
        var document = JsonDocument.Parse(output).RootElement;
        document.GetProperty("problems").EnumerateArray().Should().ContainSingle().Which.GetString().Should().StartWith("Cache__Jitter is 2;");
        document.GetProperty("settings").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "Cache__Jitter").GetProperty("source").GetString().Should().Be("environment");
    }

    private Dictionary<string, string> Settings(params (string Name, string Value)[] more) => Servers.With(new() { ["DATA_DIR"] = _folder.FullName }, more);
}
