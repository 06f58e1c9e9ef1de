using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.Http;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>The service below a path of a reverse proxy: the page, the description and the addresses in answers lead back through the proxy, and no client chooses where.</summary>
public sealed partial class PublicPathTests(ServicesBelowAPath services) : IClassFixture<ServicesBelowAPath>, IDisposable
{
    private const string Prefix = ServicesBelowAPath.Prefix;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(true, Prefix, false)]
    [InlineData(true, null, true)]
    [InlineData(false, null, true)]
    [InlineData(true, "/elsewhere", true)]
    public async Task Service_BelowAPathOfAProxy_IsFoundThroughItInEverything(bool takesPrefixOff, string? forwardedPrefix, bool isConfigured)
    {
        await using var proxy = await ReverseProxy.StartAsync(isConfigured ? services.Configured : services.Told, Prefix, takesPrefixOff, forwardedPrefix);

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
    public async Task Service_WhenAPathIsConfigured_TakesNoOtherFromAClient()
    {
        (await AskAsync(services.Configured, "/x/health/live", "/x")).Should().Be(HttpStatusCode.NotFound);
        (await AskAsync(services.Configured, $"{Prefix}/health/live", "/x")).Should().Be(HttpStatusCode.OK);
        (await ServerAsync(services.Configured, "/x")).Should().Be(Prefix);
    }

    [Theory]
    [InlineData("/x/metrics")]
    [InlineData("/x/health/live")]
    public async Task Service_WhenAForwardedPrefixIsOnThePath_DoesNotTakeItOff(string path) =>
        (await AskAsync(services.Told, path, "/x")).Should().Be(HttpStatusCode.NotFound);

    [Fact]
    public async Task Service_WhenAnUnknownProxyNamesAPath_TakesNoNotice() => (await ServerAsync(services.Alone, Prefix)).Should().Be("/");

    [Theory]
    [InlineData("/lab/", "/lab")]
    [InlineData("/lab//", "/")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/a//b", "/")]
    [InlineData("/../admin", "/")]
    [InlineData("/a b", "/")]
    [InlineData("neurolab", "/")]
    public async Task Service_WhenAKnownProxyNamesAPath_TakesItIfItIsPlain(string prefix, string server) => (await ServerAsync(services.Told, prefix)).Should().Be(server);

    private async Task<string> ServerAsync(Uri service, string prefix)
    {
        using var answer = await SendAsync(service, "/openapi/v1.json", prefix);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("servers")[0].Text("url");
    }

    private async Task<HttpStatusCode> AskAsync(Uri service, string path, string prefix)
    {
        using var answer = await SendAsync(service, path, prefix);
        return answer.StatusCode;
    }

    /// <summary>Asks as a proxy would that passes on what its client made up.</summary>
    private async Task<HttpResponseMessage> SendAsync(Uri service, string path, string prefix)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service, path));
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "192.0.2.1");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Prefix", prefix);
        return await _http.SendAsync(request);
    }

    private async Task UseAsync(Uri server)
    {
        var account = new { email = $"ada-{Guid.NewGuid():N}@example.org", username = "ada", password = "correct horse" };
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
