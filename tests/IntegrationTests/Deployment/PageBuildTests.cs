using System.Diagnostics;
using System.IO.Compression;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.Deployment;

/// <summary>What build.cjs does, and what it leaves: on small sources, with a program in the place of npm that notes how it was called.</summary>
public sealed class PageBuildTests : IDisposable
{
    private const string Install = "ci --include=dev --prefer-offline --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=60000";
    private const string Build = "run --silent build";

    private const string Npm = """
        #!/bin/sh
        echo "$*" >> "$CALLS"
        case "$1" in
          ci)
            if [ -n "$CI_FAILS_WITH" ]; then echo "npm error code $CI_FAILS_WITH" >&2; exit 1; fi
            rm -rf node_modules; mkdir node_modules ;;
          run)
            if [ -n "$BUILD_FAILS" ]; then echo 'src/main.ts(1,1): error TS1: it is wrong'; exit 2; fi
            rm -rf dist; mkdir -p dist/assets; cp index.html dist; cp src/main.ts dist/assets/main-1.js ;;
        esac
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-build-");

    public PageBuildTests()
    {
        Builds.Copy(Path.Combine(Repository.Root, "src", "WebApi", "Page", "build.cjs"), At("WebApi/Page/build.cjs"));
        foreach (var (name, text) in ((string, string)[])[("index.html", "<p>"), ("package.json", "{}"), ("package-lock.json", "{}"), (".npmrc", ""), ("src/main.ts", new string('1', 1000)), ("src/more.ts", "")])
        {
            Write($"WebApi/ClientApp/{name}", text);
        }

        Write("bin/npm", Npm);
        using var chmod = Process.Start("chmod", ["+x", At("bin/npm")]);
        chmod.WaitForExit();
    }

    private string Page => At("out/page");

    private string Reason => At("out/page-missing.txt");

    private string Note => At("calls");

    private string[] Calls => File.Exists(Note) ? File.ReadAllLines(Note) : [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Build_WhenNothingIsThere_LeavesThePageWithItsCompressedForms()
    {
        (await BuildAsync()).Code.Should().Be(0);

        Calls.Should().Equal(Install, Build);
        Directory.GetFiles(Page, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Page, file))
            .Should().BeEquivalentTo("index.html", "assets/main-1.js", "assets/main-1.js.br", "assets/main-1.js.gz");
        await using var brotli = new BrotliStream(File.OpenRead($"{Page}/assets/main-1.js.br"), CompressionMode.Decompress);
        await using var gzip = new GZipStream(File.OpenRead($"{Page}/assets/main-1.js.gz"), CompressionMode.Decompress);
        foreach (var stream in (Stream[])[brotli, gzip])
        {
            using var text = new StreamReader(stream);
            (await text.ReadToEndAsync()).Should().Be(await File.ReadAllTextAsync($"{Page}/assets/main-1.js"));
        }
    }

    [Fact]
    public async Task Build_WhenNothingChanged_DoesNothing()
    {
        await BuildAsync();
        var made = File.GetLastWriteTimeUtc($"{Page}/index.html");

        (await BuildAsync()).Should().Be((0, ""));

        Calls.Should().Equal(Install, Build);
        File.GetLastWriteTimeUtc($"{Page}/index.html").Should().Be(made);
    }

    [Fact]
    public async Task Build_IntoAnotherFolder_TakesWhatIsBuilt()
    {
        await BuildAsync();

        (await BuildAsync(At("other/page"))).Code.Should().Be(0);

        Calls.Should().Equal(Install, Build);
        File.Exists(At("other/page/assets/main-1.js.br")).Should().BeTrue();
    }

    [Fact]
    public async Task Build_WhenASourceIsGone_BuildsAnewWithWhatIsInstalled()
    {
        await BuildAsync();
        File.Delete(At("WebApi/ClientApp/src/more.ts"));
        Write("out/page/assets/old-1.js", "of the last time");

        (await BuildAsync()).Code.Should().Be(0);

        Calls.Should().Equal(Install, Build, Build);
        File.Exists($"{Page}/assets/old-1.js").Should().BeFalse();
    }

    [Fact]
    public async Task Build_WhenTheLockFileChanged_InstallsAnew()
    {
        await BuildAsync();
        Write("WebApi/ClientApp/package-lock.json", "{ }");

        (await BuildAsync()).Code.Should().Be(0);

        Calls.Should().Equal(Install, Build, Install, Build);
    }

    [Fact]
    public async Task Install_OnItsOwn_IsAllThatIsDone()
    {
        (await BuildAsync("--install")).Code.Should().Be(0);
        (await BuildAsync()).Code.Should().Be(0);

        Calls.Should().Equal(Install, Build);
    }

    [Theory]
    [InlineData("ENOTFOUND")]
    [InlineData("ECONNREFUSED")]
    [InlineData("E403")]
    public async Task Build_WhenTheRegistryCannotBeReached_SaysSoAndLeavesNoPage(string code)
    {
        await BuildAsync();
        Write("WebApi/ClientApp/package-lock.json", "{ }");

        var (exit, output) = await BuildAsync(Page, ("CI_FAILS_WITH", code));

        exit.Should().Be(3);
        output.Should().StartWith($"The page is not built: npm could not install its packages ({code}). The API works without it.");
        (await File.ReadAllTextAsync(Reason)).Should().Be($"npm could not install its packages ({code}).\n");
        Directory.Exists(Page).Should().BeFalse("it was built of other packages");
        (await BuildAsync()).Code.Should().Be(0);
        File.Exists($"{Page}/index.html").Should().BeTrue("the registry is back");
        File.Exists(Reason).Should().BeFalse();
    }

    [Theory]
    [InlineData("CI_FAILS_WITH", "EINTEGRITY", "EINTEGRITY")]
    [InlineData("CI_FAILS_WITH", "EUSAGE", "EUSAGE")]
    [InlineData("BUILD_FAILS", "1", "src/main.ts(1,1): error TS1: it is wrong")]
    public async Task Build_WhenThePageItselfIsWrong_Fails(string how, string value, string said)
    {
        var (exit, output) = await BuildAsync(Page, (how, value));

        exit.Should().Be(1);
        output.Should().Contain(said);
        Directory.Exists(Page).Should().BeFalse();
    }

    [Fact]
    public async Task Build_WhenThereIsNoNpm_SaysSo()
    {
        File.Delete(At("bin/npm"));

        var (exit, output) = await BuildAsync(Page, ("PATH", At("bin")));

        exit.Should().Be(3);
        output.Should().Be("The page is not built: there is no npm. The API works without it.");
    }

    [Fact]
    public async Task Build_WhileAnotherIsUnderWay_WaitsForItsEnd()
    {
        Write("WebApi/obj/page/lock", $"{Environment.ProcessId}");

        var building = BuildAsync();

        // It looks five times a second.
        (await Task.WhenAny(building, Task.Delay(TimeSpan.FromSeconds(1)))).Should().NotBe(building);
        Calls.Should().BeEmpty();
        File.Delete(At("WebApi/obj/page/lock"));
        (await building).Code.Should().Be(0);
        Calls.Should().Equal(Install, Build);
    }

    [Fact]
    public async Task Build_WhenAnotherDied_TakesItsPlace()
    {
        using var died = Process.Start("true");
        await died.WaitForExitAsync();
        Write("WebApi/obj/page/lock", $"{died.Id}");

        (await BuildAsync()).Code.Should().Be(0);

        File.Exists(At("WebApi/obj/page/lock")).Should().BeFalse();
    }

    private static string NodeProgram() =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "node")).First(File.Exists);

    private Task<(int Code, string Output)> BuildAsync() => BuildAsync(Page);

    private async Task<(int Code, string Output)> BuildAsync(string what, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(NodeProgram(), [At("WebApi/Page/build.cjs"), what]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{At("bin")}:{start.Environment["PATH"]}";
        start.Environment["CALLS"] = Note;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, $"{await output}{await errors}".Trim());
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }
}
