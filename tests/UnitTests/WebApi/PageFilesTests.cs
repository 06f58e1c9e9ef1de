using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Page;

namespace NeuroLab.UnitTests.WebApi;

public sealed class PageFilesTests : IDisposable
{
    private const string Script = "/assets/main-1a2b3c4d.js";
    private static readonly string Text = string.Concat(Enumerable.Repeat("const answer = 42;", 100));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-page-");

    public PageFilesTests()
    {
        Write("index.html", Html("./", "/", ""));
        Write("favicon.svg", "<svg/>");
        Write(Script[1..], Text);
        File.WriteAllBytes(InFolder($"{Script[1..]}.br"), Compressed(static to => new BrotliStream(to, CompressionLevel.Optimal)));
        File.WriteAllBytes(InFolder($"{Script[1..]}.gz"), Compressed(static to => new GZipStream(to, CompressionLevel.Optimal)));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_WhenNoPageWasBuilt_IsNothing()
    {
        File.Delete(InFolder("index.html"));

        PageFiles.Read(_folder.FullName, hasFaultSwitches: false).Should().BeNull();
        PageFiles.Read(InFolder("none"), hasFaultSwitches: false).Should().BeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/experiments/0197a6f0")]
    [InlineData("/observatory")]
    [InlineData("/sign-in")]
    [InlineData("/sign-up")]
    public async Task Find_WhenThePageTellsThePathApart_IsTheHtml(string path)
    {
        var answer = await AskAsync(path);

        answer.Response.ContentType.Should().Be("text/html; charset=utf-8");
        answer.Response.Headers.CacheControl.Should().Equal("no-cache");
    }

    [Theory]
    [InlineData("/index.html")]
    [InlineData("/Observatory")]
    [InlineData("/observatory/")]
    [InlineData("/experiments")]
    [InlineData("/experiments/")]
    [InlineData("/experiments/a/b")]
    [InlineData("/api/experiments/a")]
    [InlineData("/observatory\n")]
    [InlineData("/assets/")]
    [InlineData("/assets/main-1a2b3c4d.js.br")]
    [InlineData("/Assets/main-1a2b3c4d.js")]
    [InlineData("/assets/../index.html")]
    [InlineData("/../favicon.svg")]
    public void Find_WhenItIsNoPathOfThePage_IsNothing(string path) => Files().Find(Request(path).Request).Should().BeNull();

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("BR", "br")]
    [InlineData("*", "br")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("identity, br;q=0.9", null)]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("deflate", null)]
    [InlineData("*;q=0", null)]
    [InlineData("not, a; valid = thing", null)]
    public async Task WriteAsync_WhenCodingsAreAccepted_IsInTheBestOfThem(string? accepted, string? coding)
    {
        var answer = await AskAsync(Script, ("Accept-Encoding", accepted));

        answer.Response.Headers.ContentEncoding.ToString().Should().Be(coding ?? "");
        answer.Response.Headers.Vary.Should().Equal("Accept-Encoding");
        answer.Response.ContentLength.Should().Be(answer.Body.Length);
        (answer.Body.Length < Text.Length).Should().Be(coding is not null);
        Plain(answer).Should().Be(Text);
    }

    [Fact]
    public async Task WriteAsync_WhenTheFileIsHashed_MayBeKeptForGood()
    {
        var answer = await AskAsync(Script);

        answer.Response.ContentType.Should().Be("text/javascript; charset=utf-8");
        answer.Response.Headers.CacheControl.Should().Equal("public, max-age=31536000, immutable");
        answer.Response.Headers.ContentSecurityPolicy.Should().Equal(ResponseHeaders.PageAllowed);
    }

    [Fact]
    public async Task WriteAsync_WhenTheFileIsNotHashed_IsAskedForAgain()
    {
        var answer = await AskAsync("/favicon.svg", ("Accept-Encoding", "br"));

        answer.Response.ContentType.Should().Be("image/svg+xml");
        answer.Response.Headers.CacheControl.Should().Equal("no-cache");
        answer.Response.Headers.ContentEncoding.Should().BeEmpty("there is no other form of it");
    }

    [Fact]
    public async Task WriteAsync_WhenTheClientHasThatForm_SendsNoBody()
    {
        var tags = new HashSet<string>();
        foreach (var coding in (string[])["br", "gzip", "identity"])
        {
            var first = await AskAsync(Script, ("Accept-Encoding", coding));
            var tag = first.Response.Headers.ETag.ToString();
            var again = await AskAsync(Script, ("Accept-Encoding", coding), ("If-None-Match", tag));

            tag.Should().MatchRegex("^\"[0-9a-f]{32}\"$", "it is a strong tag");
            tags.Add(tag).Should().BeTrue("other bytes have another tag");
            again.Response.StatusCode.Should().Be(StatusCodes.Status304NotModified);
            again.Body.Should().BeEmpty();
            again.Response.Headers.ETag.Should().Equal(tag);
            again.Response.Headers.Vary.Should().Equal("Accept-Encoding");
            again.Response.Headers.CacheControl.Should().Equal(first.Response.Headers.CacheControl);
        }

        (await AskAsync(Script, ("Accept-Encoding", "br"), ("If-None-Match", "\"0\""))).Response.StatusCode.Should().Be(StatusCodes.Status200OK);
    }

    [Fact]
    public async Task WriteAsync_WhenOnlyTheHeadIsAskedFor_SendsNoBody()
    {
        var head = await AskAsync(Script, "HEAD", ("Accept-Encoding", "gzip"));
        var whole = await AskAsync(Script, ("Accept-Encoding", "gzip"));

        head.Body.Should().BeEmpty();
        head.Response.ContentLength.Should().Be(whole.Body.Length);
        head.Response.Headers.ETag.Should().Equal(whole.Response.Headers.ETag);
    }

    [Theory]
    [InlineData("", "/", false)]
    [InlineData("/neurolab", "/neurolab/", true)]
    public async Task Find_WhenTheServiceIsBelowAPath_PutsItIntoTheAddresses(string below, string root, bool hasFaultSwitches)
    {
        var files = PageFiles.Read(_folder.FullName, hasFaultSwitches)!;
        foreach (var coding in (string?[])[null, "br", "gzip"])
        {
            var http = Request("/experiments/1", ("Accept-Encoding", coding));
            http.Request.PathBase = below;

            var answer = await AskAsync(files, http);

            Plain(answer).Should().Be(Html(root, root, hasFaultSwitches ? "on" : ""));
        }
    }

    [Fact]
    public async Task Find_WhenThePathChanges_ChangesTheAddressesAndTheTag()
    {
        var files = Files();
        var tags = new List<string>();
        foreach (var below in (string[])["/a", "/b", "/a"])
        {
            var http = Request("/");
            http.Request.PathBase = below;
            var answer = await AskAsync(files, http);
            Plain(answer).Should().Contain($"\"{below}/assets/");
            tags.Add(answer.Response.Headers.ETag.ToString());
        }

        tags[0].Should().Be(tags[2]).And.NotBe(tags[1]);
    }

    private static string Html(string files, string root, string faults) =>
        $"<link href=\"{files}assets/main.css\"><meta name=\"neurolab-base\" content=\"{root}\"><meta name=\"neurolab-faults\" content=\"{faults}\"><p>.\"./ a</p>";

    private static byte[] Compressed(Func<Stream, Stream> compressor)
    {
        using var bytes = new MemoryStream();
        using (var stream = compressor(bytes))
        {
            stream.Write(Encoding.UTF8.GetBytes(Text));
        }

        return bytes.ToArray();
    }

    private static string Plain((HttpResponse Response, byte[] Body) answer)
    {
        var body = new MemoryStream(answer.Body);
        using var reader = new StreamReader(answer.Response.Headers.ContentEncoding.ToString() switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        });
        return reader.ReadToEnd();
    }

    private static DefaultHttpContext Request(string path, params (string Name, string? Value)[] headers)
    {
        var http = new DefaultHttpContext { Request = { Method = "GET", Path = path } };
        http.Response.Body = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }

        return http;
    }

    private static async Task<(HttpResponse Response, byte[] Body)> AskAsync(PageFiles files, DefaultHttpContext http)
    {
        var file = files.Find(http.Request);
        file.Should().NotBeNull();
        await file!.WriteAsync(http);
        return (http.Response, ((MemoryStream)http.Response.Body).ToArray());
    }

    private Task<(HttpResponse Response, byte[] Body)> AskAsync(string path, params (string Name, string? Value)[] headers) => AskAsync(Files(), Request(path, headers));

    private Task<(HttpResponse Response, byte[] Body)> AskAsync(string path, string method, params (string Name, string? Value)[] headers)
    {
        var http = Request(path, headers);
        http.Request.Method = method;
        return AskAsync(Files(), http);
    }

    private PageFiles Files() => PageFiles.Read(_folder.FullName, hasFaultSwitches: false)!;

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InFolder(name))!);
        File.WriteAllText(InFolder(name), text);
    }
}
