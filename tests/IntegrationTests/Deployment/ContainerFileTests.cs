using System.Diagnostics;
using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Fixtures;
using NeuroLab.IntegrationTests.Settings;
using NeuroLab.Tests;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.IntegrationTests.Deployment;

/// <summary>The Dockerfile as far as it can be tested without a container engine: what it copies, runs and starts, done by hand in the same order.</summary>
[Collection(BuildsCollection.Name)]
public sealed class ContainerFileTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenChecks = TimeSpan.FromMilliseconds(250);

    /// <summary>Everything read-only but the data folder, no capabilities, and the account of the base image: as compose.yaml has it, and without even a /tmp.</summary>
    private const string Sealed = """
        set -e
        mount --make-rprivate /
        mount --bind "$DATA_DIR" "$DATA_DIR"
        mount -o remount,bind,ro /
        cd /
        if touch "$PROGRAM.probe" 2>/dev/null; then echo 'the file system can be written' >&2; exit 99; fi
        exec setpriv --reuid=1654 --regid=1654 --clear-groups --no-new-privs --bounding-set=-all dotnet "$PROGRAM"
        """;

    private readonly ContainerFile _file = ContainerFile.Read();

    [Fact]
    public void Image_Always_IsAsItsUsersExpect()
    {
        _file.Instructions.Where(one => one.Name == "FROM").Should().HaveCount(3).And.OnlyContain(
            one => Regex.IsMatch(one.Text, @"(docker\.io/library/node:\d+\S* AS page|mcr\.microsoft\.com/dotnet/(sdk|aspnet):10\.0\S*( AS build)?)$"), "base images have a version");
        _file.Single("FROM").Should().Contain("chiseled");
        _file.Single("USER").Should().Be("$APP_UID");
        _file.Single("STOPSIGNAL").Should().Be("SIGTERM");
        ContainerFile.Words(_file.Single("VOLUME")).Should().Equal(_file.Environment["DATA_DIR"]);
        _file.Environment["ASPNETCORE_URLS"].Should().EndWith(":" + _file.Single("EXPOSE"));
        _file.Environment["ASPNETCORE_HTTP_PORTS"].Should().BeEmpty("the base image has a port of its own");
        _file.Environment.Keys.Where(name => name is not ("ASPNETCORE_HTTP_PORTS" or "DOTNET_EnableDiagnostics"))
            .Should().OnlyContain(name => SettingNames.Exists(name, ServiceConfiguration.Settings));
    }

    [Fact]
    public void Copies_Always_AreThereAndNotIgnored()
    {
        var allowed = File.ReadLines(Path.Combine(Repository.Root, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();

        foreach (var (source, _) in _file.Copies)
        {
            Path.Exists(Path.Combine(Repository.Root, source)).Should().BeTrue("{0} is copied", source);
            allowed.Should().Contain(one => source == one || (one.EndsWith('/') && source.StartsWith(one)), "{0} is copied, and must not be ignored", source);
        }

        // A service that is run from its sources keeps its signing key beside them.
        File.ReadLines(Path.Combine(Repository.Root, ".dockerignore")).SkipWhile(line => line != "!src/").Should().Contain("**/data/");
        File.ReadLines(Path.Combine(Repository.Root, ".gitignore")).Should().Contain("data/");
    }

    /// <summary>
    /// The program runs sealed off, from another folder, and its own health check finds it. In the longer runs it is what the same commands make of nothing but what is copied;
    /// else what is built already, for a build takes a minute.
    /// </summary>
    [Fact]
    public async Task Image_WhenBuiltAndRunByHand_Serves()
    {
        using var folder = new TemporaryFolder();
        var (app, data) = (folder.Path("app"), folder.Path("data"));
        var builds = _file.Instructions.Where(one => one.Name == "RUN" && Regex.IsMatch(one.Text, "^(node|dotnet) ")).Select(one => one.Text).ToList();
        builds.Should().HaveCount(4, "the page and the program are each fetched for, and built");
        if (TestSize.IsFull)
        {
            await BuildAsync(builds, folder.Path("source"), app);
        }
        else
        {
            Builds.Copy(Path.GetDirectoryName(Repository.Executable)!, app);
        }

        File.Exists(Path.Combine(app, "page", "index.html")).Should().BeTrue("the page is served from there");
        var program = Path.Combine(app, Path.GetFileName(ContainerFile.Words(_file.Single("ENTRYPOINT"))[1]));
        File.Exists(program).Should().BeTrue("the image starts it");
        Run("chown", "-R", "1654:1654", data);
        Run("chmod", "-R", "a+rX", folder.Root);
        var environment = _file.Environment.ToDictionary(one => one.Key, one => one.Value);
        environment["ASPNETCORE_URLS"] = environment["ASPNETCORE_URLS"].Replace(_file.Single("EXPOSE"), $"{Ports.Free()}", StringComparison.Ordinal);
        environment["DATA_DIR"] = data;
        environment["PROGRAM"] = program;
        using var service = Start("unshare", environment, "--mount", "sh", "-c", Sealed);
        try
        {
            var check = ContainerFile.Words(_file.Single("HEALTHCHECK"));
            check[..2].Should().Equal(ContainerFile.Words(_file.Single("ENTRYPOINT")));
            var started = TimeProvider.System.GetTimestamp();
            int code;
            while ((code = await ExitAsync("dotnet", environment, [program, .. check[2..]])) != 0)
            {
                service.HasExited.Should().BeFalse("it serves");
                TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(StartLimit, "the health check ended with {0}", code);
                await Task.Delay(BetweenChecks);
            }

            (await ExitAsync("dotnet", environment, program, "health")).Should().Be(0, "it is ready, too");
            File.Exists(Path.Combine(data, "neurolab.db")).Should().BeTrue();
        }
        finally
        {
            await EndAsync(service);
        }

        service.ExitCode.Should().Be(0);
    }

    private async Task BuildAsync(IEnumerable<string> builds, string source, string app)
    {
        foreach (var (from, to) in _file.Copies)
        {
            Builds.Copy(Path.Combine(Repository.Root, from), to.EndsWith('/') && !from.EndsWith('/') ? Path.Combine(source, to, Path.GetFileName(from)) : Path.Combine(source, to));
        }

        foreach (var build in builds)
        {
            var words = build.Replace("--output /app", $"--output {app}", StringComparison.Ordinal).Replace(" /page", $" {app}/page", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            await Builds.RunAsync(source, words[0], words[1..]);
        }
    }

    /// <summary>Ends it as an engine does, where it has not ended by itself; the program has taken the place of the shell. Nothing is left running.</summary>
    private async Task EndAsync(Process service)
    {
        if (!service.HasExited)
        {
            Run("kill", "-s", _file.Single("STOPSIGNAL")["SIG".Length..], $"{service.Id}");
        }

        try
        {
            await service.WaitForExitAsync().WaitAsync(StartLimit);
        }
        catch (TimeoutException)
        {
            service.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" };
        var (path, home) = (start.Environment["PATH"], "/");
        start.Environment.Clear();
        (start.Environment["PATH"], start.Environment["HOME"]) = (path, home);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<int> ExitAsync(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(program, environment, arguments);
        await process.WaitForExitAsync().WaitAsync(StartLimit);
        return process.ExitCode;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.Should().Be(0, "{0} {1}", program, string.Join(' ', arguments));
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-image-");

        public string Root => _folder.FullName;

        public string Path(string name) => _folder.CreateSubdirectory(name).FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
