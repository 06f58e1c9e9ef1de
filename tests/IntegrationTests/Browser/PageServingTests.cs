using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.Deployment;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Http;
using NeuroLab.IntegrationTests.OpenApi;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>The page as it is served, without a browser.</summary>
[Collection(ServersCollection.Name)]
public sealed partial class PageServingTests(Servers servers) : IAsyncLifetime
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private ServiceProcess? _service;

    public async Task InitializeAsync()
    {
        _service = await ServiceProcess.StartAsync(servers.Embedded(("RATE_LIMIT_PER_MINUTE", "60")));
        _http.BaseAddress = _service.Address;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _service!.DisposeAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/experiments/0197a6f0-0000-7000-8000-000000000000")]
    [InlineData("/observatory")]
    [InlineData("/sign-in")]
    [InlineData("/sign-up")]
    public async Task Html_WhenAPathOfThePageIsRead_NamesFilesThatAreThere(string path)
    {
        using var page = await AskAsync(HttpMethod.Get, path);

        page.StatusCode.Should().Be(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.ToString().Should().Be("text/html; charset=utf-8");
        page.Headers.GetValues("Content-Security-Policy").Should().Equal(Policy);
        page.Headers.CacheControl!.ToString().Should().Be("no-cache");
        page.Headers.Contains("X-Correlation-ID").Should().BeTrue();
        var files = Addresses().Matches(await page.Content.ReadAsStringAsync()).Select(match => match.Groups[1].Value).ToList();
        files.Should().HaveCountGreaterThan(2).And.OnlyContain(file => file.StartsWith('/'));
        foreach (var file in files)
        {
            using var answer = await AskAsync(HttpMethod.Get, file);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, "of {0}", file);
            answer.Headers.GetValues("Content-Security-Policy").Should().Equal(Policy);
            answer.Headers.CacheControl!.ToString().Should().Be(file.StartsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Script_WhenACodingIsAccepted_IsSentInItAndNotTwice(string coding)
    {
        var script = await ScriptAsync();
        using var plain = await AskAsync(HttpMethod.Get, script);
        using var compressed = await AskAsync(HttpMethod.Get, script, ("Accept-Encoding", coding));
        using var head = await AskAsync(HttpMethod.Head, script, ("Accept-Encoding", coding));
        using var again = await AskAsync(HttpMethod.Get, script, ("Accept-Encoding", coding), ("If-None-Match", compressed.Headers.ETag!.ToString()));

        compressed.Content.Headers.ContentEncoding.Should().Equal(coding);
        compressed.Headers.Vary.Should().Equal("Accept-Encoding");
        compressed.Content.Headers.ContentLength.Should().BeLessThan(plain.Content.Headers.ContentLength!.Value * 2 / 3);
        compressed.Headers.ETag!.IsWeak.Should().BeFalse();
        compressed.Headers.ETag.Should().NotBe(plain.Headers.ETag);
        await using var body = await compressed.Content.ReadAsStreamAsync();
        await using Stream unpacked = coding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        using var text = new StreamReader(unpacked);
        (await text.ReadToEndAsync()).Should().Be(await plain.Content.ReadAsStringAsync());
        head.Content.Headers.ContentLength.Should().Be(compressed.Content.Headers.ContentLength);
        (await head.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
        again.StatusCode.Should().Be(HttpStatusCode.NotModified);
        again.Headers.ETag.Should().Be(compressed.Headers.ETag);
        again.Headers.GetValues("Content-Security-Policy").Should().Equal(Policy);
    }

    [Theory]
    [InlineData("GET", "/index.html")]
    [InlineData("GET", "/nothing")]
    [InlineData("GET", "/assets/nothing.js")]
    [InlineData("GET", "/assets/%2e%2e/%2e%2e/appsettings.json")]
    [InlineData("GET", "/appsettings.json")]
    [InlineData("GET", "/experiments/")]
    [InlineData("GET", "/observatory/nodes")]
    [InlineData("POST", "/")]
    [InlineData("DELETE", "/experiments/1")]
    public async Task Path_WhenItIsNotThePages_IsAProblem(string method, string path)
    {
        using var answer = await AskAsync(new HttpMethod(method), path);

        await answer.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        answer.Headers.GetValues("Content-Security-Policy").Should().Equal("default-src 'none'; frame-ancestors 'none'");
    }

    [Fact]
    public async Task Page_WhenTooMuchIsAskedFor_IsRefusedAsAllElseIs()
    {
        HttpStatusCode last = default;
        for (var asked = 0; asked <= 60; asked++)
        {
            using var answer = await AskAsync(HttpMethod.Get, "/favicon.svg");
            last = answer.StatusCode;
        }

        last.Should().Be(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Html_WhenTheServiceIsBelowAPath_NamesFilesThatAreThere(bool takesPrefixOff)
    {
        var settings = servers.Embedded(("ForwardedHeaders__KnownProxies__0", "127.0.0.1"));
        if (!takesPrefixOff)
        {
            settings["ASPNETCORE_PATHBASE"] = "/neurolab";
        }

        await using var service = await ServiceProcess.StartAsync(settings);
        await using var proxy = await ReverseProxy.StartAsync(service.Address, "/neurolab", takesPrefixOff, takesPrefixOff ? "/neurolab" : null);
        foreach (var path in (string[])["neurolab", "neurolab/", "neurolab/experiments/1"])
        {
            using var page = await _http.GetAsync(new Uri(proxy.Address, path));
            page.StatusCode.Should().Be(HttpStatusCode.OK, "of {0}", path);
            foreach (Match match in Addresses().Matches(await page.Content.ReadAsStringAsync()))
            {
                using var file = await _http.GetAsync(new Uri(page.RequestMessage!.RequestUri!, match.Groups[1].Value));
                file.StatusCode.Should().Be(HttpStatusCode.OK, "of {0}", file.RequestMessage!.RequestUri);
            }
        }
    }

    [Theory]
    [InlineData(null, "it was not built, which takes Node.js 18 or newer with npm.")]
    [InlineData("there is no npm.\n", "there is no npm.")]
    [InlineData("a line \u001b[2J that no build of ours wrote\n", "it was not built, which takes Node.js 18 or newer with npm.")]
    public async Task Service_WhenNoPageWasBuilt_SaysWhyAndWorks(string? left, string reason)
    {
        var settings = servers.Embedded();
        var copy = Path.Combine(settings["DATA_DIR"], "program");
        Builds.Copy(Path.GetDirectoryName(Repository.Executable)!, copy);
        Directory.Delete(Path.Combine(copy, "page"), recursive: true);
        if (left is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(copy, "page-missing.txt"), left);
        }

        await using var service = await ServiceProcess.StartAsync(settings, Path.Combine(copy, Path.GetFileName(Repository.Executable)));
        using var user = await Api.RegisteredAsync(service.Address);

        using var page = await _http.GetAsync(new Uri(service.Address, "/"));
        var summary = await user.SummaryAsync();

        await page.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        summary.Status.Should().Be(HttpStatusCode.OK);
        service.Output.Split('\n').Should().ContainSingle(line => line.Contains($"There is no page at /: {reason} The API is there."));
        _service!.Output.Should().NotContain("There is no page");
    }

    private async Task<string> ScriptAsync()
    {
        var html = await _http.GetStringAsync("/");
        return Addresses().Matches(html).Select(match => match.Groups[1].Value).Single(file => file.EndsWith(".js", StringComparison.Ordinal));
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await _http.SendAsync(request);
    }

    [GeneratedRegex("""(?:src|href)="([^"#]+)""")]
    private static partial Regex Addresses();
}
