using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.WebApi;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.IntegrationTests.Settings;

/// <summary>The settings that exist are those that are described, and those that are read.</summary>
public sealed class SettingPageTests : IDisposable
{
    /// <summary>What the framework reads for itself, and what is documented as its own.</summary>
    private static readonly string[] OfTheFramework =
    [
        "AllowedHosts", "HTTP_PORTS", "HTTPS_PORTS", "environment", "contentRoot", "applicationName", "webroot", "startupAssembly", "hostingStartupAssemblies",
        "hostingStartupExcludeAssemblies", "preventHostingStartup", "startupTimeoutSeconds", "shutdownTimeoutSeconds", "servicesStartConcurrently", "servicesStopConcurrently",
        "suppressStatusMessages", "captureStartupErrors", "detailedErrors", "preferHostingUrls", "FORWARDEDHEADERS_ENABLED", "Metrics", "Authentication:DefaultScheme", "staticWebAssets",
    ];

    private static readonly string[] SectionsOfTheFramework = ["Logging", "Kestrel", "Authentication:Schemes"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Page_Always_IsWhatTheCodeSays()
    {
        var file = Path.Combine(Repository.Root, "docs", "operations.md");
        var page = File.ReadAllText(file);

        SettingPage.Update(page, ServiceConfiguration.Settings).Should().Be(
            page, "the tables are written by 'dotnet run --project src/WebApi -- settings --update ../../docs/operations.md'");
    }

    [Fact]
    public void Settings_Always_SayWhatTheyMean() =>
        ServiceConfiguration.Settings.Where(setting => setting.Meaning.Length < 10).Select(setting => setting.Name).Should().BeEmpty("a summary stands on each in the code");

    [Fact]
    public void Documents_Always_NameOnlySettingsThatExist()
    {
        var known = ServiceConfiguration.Settings;
        string[] files = ["README.md", "SECURITY.md", "docs/operations.md", "docs/caching.md", "docs/reliability.md"];
        var named = files.SelectMany(file => SettingNames.In(File.ReadAllText(Path.Combine(Repository.Root, file))).Select(name => (file, name)));

        named.Where(one => !SettingNames.Exists(one.name, known)).Should().BeEmpty();
    }

    /// <summary>A setting that is read anywhere in the service cannot escape the page, and one in the page that nobody reads cannot stay.</summary>
    [Fact]
    public async Task Start_Always_ReadsTheSettingsOfThePageAndNoOther()
    {
        var recorder = new KeyRecorder();
        await StartAsync(recorder);
        await StartAsync(
            recorder,
            ("ConnectionStrings:Postgres", "Host=127.0.0.1;Port=1;Database=none;Username=none;Password=none"),
            ("REDIS_HOST", "127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("Cache:Database:StartupWait", "00:00:00"));
        var settings = ServiceConfiguration.Settings;
        var known = settings.SelectMany(setting => new[] { setting.Path, setting.Alias }).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);

        recorder.Keys
            .Where(key => !known.Contains(key) && !known.Any(one => one.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)))
            .Where(key => !OfTheFramework.Contains(key, StringComparer.OrdinalIgnoreCase))
            .Where(key => !SectionsOfTheFramework.Any(one => (key + ":").StartsWith(one + ":", StringComparison.OrdinalIgnoreCase)))
            .Should().BeEmpty("each is read by the service and is no setting of the page: put [Setting] on the constant with its name, or [SettingSection] on its class");
        known.Except(recorder.Keys, StringComparer.OrdinalIgnoreCase).Should().BeEmpty("each stands in the page, and nobody reads it");
    }

    private async Task StartAsync(KeyRecorder recorder, params (string Key, string Value)[] more)
    {
        await using var app = Service.Build(
            ["--urls", "http://127.0.0.1:0", "--DATA_DIR", _folder.FullName, "--Logging:LogLevel:Default=None"],
            configuration =>
            {
                configuration.AddInMemoryCollection(more.ToDictionary(one => one.Key, one => (string?)one.Value));
                configuration.Add(recorder);
            });
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        foreach (var path in (string[])["/health/ready", "/api/cache/health", "/api/auth/me", "/swagger/index.html", "/openapi/v1.json"])
        {
            using var answer = await client.GetAsync(path);
        }

        await app.StopAsync();
    }
}
