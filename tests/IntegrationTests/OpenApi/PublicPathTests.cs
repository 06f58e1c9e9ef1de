using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Http;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>The service below a path of a reverse proxy: the page, the description and the addresses in answers lead back through the proxy.</summary>
public sealed partial class PublicPathTests : IAsyncLifetime
{
    private const string Prefix = "/neurolab";
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurolab-path-");
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _http.Dispose();
        _data.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(true, Prefix, "ForwardedHeaders__KnownProxies__0", "127.0.0.1")]
    [InlineData(false, Prefix, "ForwardedHeaders__KnownProxies__0", "127.0.0.1")]
    [InlineData(true, null, "ASPNETCORE_PATHBASE", Prefix)]
    [InlineData(false, null, "ASPNETCORE_PATHBASE", Prefix)]
    public async Task Service_BelowAPathOfAProxy_IsFoundThroughItInEverything(bool takesPrefixOff, string? forwardedPrefix, string setting, string value)
    {
        await using var service = await StartAsync((setting, value));
        await using var proxy = await ReverseProxy.StartAsync(service.Address, Prefix, takesPrefixOff, forwardedPrefix);

        using var page = await _http.GetAsync(new Uri(proxy.Address, $"{Prefix}/swagger"));
        page.StatusCode.Should().Be(HttpStatusCode.OK);
        var at = page.RequestMessage!.RequestUri!;
        at.AbsolutePath.Should().Be($"{Prefix}/swagger/index.html");
        page.Headers.GetValues("Content-Security-Policy").Single().Should().Contain("script-src 'self'");
        var files = File().Matches(await page.Content.ReadAsStringAsync()).Select(match => new Uri(at, match.Groups[1].Value)).ToList();
        files.Should().HaveCountGreaterThan(3);
        foreach (var file in files)
        {
            using var answer = await _http.GetAsync(file);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, "of {0}", file);
        }

        var script = await _http.GetStringAsync(files.Single(file => file.AbsolutePath.EndsWith("/index.js", StringComparison.Ordinal)));
        var document = new Uri(at, Document().Match(script).Groups[1].Value);
        var description = await _http.GetFromJsonAsync<JsonElement>(document);
        var server = new Uri(document, description.GetProperty("servers")[0].Text("url") + "/");
        server.AbsolutePath.Should().Be($"{Prefix}/");
        await UseAsync(server);
    }

    [Fact]
    public async Task Service_WhenAnUnknownProxyNamesAPath_TakesNoNotice()
    {
        await using var service = await StartAsync();
        await using var proxy = await ReverseProxy.StartAsync(service.Address, Prefix, takesPrefixOff: true, Prefix);

        (await ServerAsync(proxy)).Should().Be("/");
    }

    [Theory]
    [InlineData("//elsewhere.example")]
    [InlineData("/a//b")]
    [InlineData("/../admin")]
    [InlineData("/a b")]
    [InlineData("neurolab")]
    public async Task Service_WhenAKnownProxyPassesOnWhatIsNoPath_TakesNoNotice(string prefix)
    {
        await using var service = await StartAsync(("ForwardedHeaders__KnownProxies__0", "127.0.0.1"));
        await using var proxy = await ReverseProxy.StartAsync(service.Address, Prefix, takesPrefixOff: true, prefix);

        (await ServerAsync(proxy)).Should().Be("/");
    }

    private async Task<string> ServerAsync(ReverseProxy proxy) =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri(proxy.Address, $"{Prefix}/openapi/v1.json"))).GetProperty("servers")[0].Text("url");

    private Task<ServiceProcess> StartAsync(params (string Name, string Value)[] settings) =>
        ServiceProcess.StartAsync(settings.Append(("DATA_DIR", _data.FullName)).ToDictionary());

    private async Task UseAsync(Uri server)
    {
        var account = new { email = "ada@example.org", username = "ada", password = "correct horse" };
        using var registered = await _http.PostAsJsonAsync(new Uri(server, "api/auth/register"), account);
        registered.StatusCode.Should().Be(HttpStatusCode.Created);
        using var session = await _http.PostAsJsonAsync(new Uri(server, "api/auth/login"), new { account.email, account.password });
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await session.Content.ReadFromJsonAsync<JsonElement>()).Text("access_token"));

        using var created = await _http.PostAsJsonAsync(new Uri(server, "api/experiments"), new { name = "n", experiment_type = "memory" });
        using var read = await _http.GetAsync(new Uri(server, created.Headers.Location!));
        using var unknown = await _http.GetAsync(new Uri(server, "api/experiments/none"));

        created.Headers.Location!.ToString().Should().StartWith($"{Prefix}/api/experiments/");
        read.StatusCode.Should().Be(HttpStatusCode.OK);
        (await unknown.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND")).Text("instance").Should().Be($"{Prefix}/api/experiments/none");
    }

    [GeneratedRegex("""(?:src|href)="([^"]+)""")]
    private static partial Regex File();

    [GeneratedRegex("""([^"']*openapi/v1\.json)""")]
    private static partial Regex Document();
}
