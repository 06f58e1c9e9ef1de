using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Fixtures;
using NeuroLab.IntegrationTests.Settings;
using NeuroLab.WebApi.Settings;
using YamlDotNet.RepresentationModel;

namespace NeuroLab.IntegrationTests.Deployment;

/// <summary>compose.yaml as far as it can be tested without a container engine.</summary>
public sealed partial class ComposeFileTests
{
    private const string Password = "0123456789abcdef0123456789abcdef";

    private readonly YamlMappingNode _file = Read();

    private YamlMappingNode Services => (YamlMappingNode)_file["services"];

    [Fact]
    public void Settings_Always_ExistAndAreRight()
    {
        var environment = Environment("neurolab");

        environment.Keys.Should().OnlyContain(name => SettingNames.Exists(name, ServiceConfiguration.Settings));
        var configuration = Configuration(environment);
        ServiceConfiguration.Failures(configuration).Should().BeEmpty();
        configuration["ConnectionStrings:Postgres"].Should().Contain($"Password={Password}").And.Contain("Host=postgres");
        configuration["REDIS_URL"].Should().Be($"redis://:{Password}@redis:6379/0");
    }

    [Fact]
    public void Variables_Always_StandInTheExampleWithoutASecret()
    {
        var example = File.ReadLines(Path.Combine(Repository.Root, ".env.example")).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('=', 2)).ToList();
        var text = File.ReadAllText(Path.Combine(Repository.Root, "compose.yaml"));

        Variable().Matches(text).Select(match => match.Groups["name"].Value).Distinct().Should().BeEquivalentTo(example.Select(pair => pair[0]));
        example.Where(pair => Regex.IsMatch(pair[0], "PASSWORD|KEY|SECRET")).Should().OnlyContain(pair => pair[1].Length == 0);
        File.ReadLines(Path.Combine(Repository.Root, ".gitignore")).Should().Contain("/.env");
    }

    [Fact]
    public void Services_Always_WaitForEachOtherAndUseWhatIsDeclared()
    {
        foreach (var (name, service) in Services.Children.Select(one => (one.Key.ToString(), (YamlMappingNode)one.Value)))
        {
            if (service.Children.TryGetValue("depends_on", out var needs))
            {
                ((YamlMappingNode)needs).Children.Keys.Should().OnlyContain(one => ((YamlMappingNode)Services[one]).Children.ContainsKey("healthcheck"), "{0} waits for it to be healthy", name);
            }

            if (service.Children.TryGetValue("volumes", out var volumes))
            {
                ((YamlSequenceNode)volumes).Children.Select(one => one.ToString().Split(':')[0]).Should().OnlyContain(one => ((YamlMappingNode)_file["volumes"]).Children.ContainsKey(one));
            }

            service.Children.ContainsKey("restart").Should().BeTrue();
        }

        var image = ContainerFile.Read();
        Services["neurolab"]["ports"][0].ToString().Should().EndWith(":" + image.Single("EXPOSE"));
        Services["neurolab"]["volumes"][0].ToString().Should().EndWith(":" + image.Environment["DATA_DIR"]);
        Services["neurolab"]["read_only"].ToString().Should().Be("true");
    }

    /// <summary>The file of the page that stands beside it, laid over it as compose does.</summary>
    [Fact]
    public void ClusterFile_Always_ChangesServicesThatExistAndSetsWhatIsRight()
    {
        var text = ClusterFile().Match(File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"))).Groups["file"].Value;
        var cluster = (YamlMappingNode)Read(new StringReader(text))["services"];

        cluster.Children.Keys.Should().OnlyContain(name => Services.Children.ContainsKey(name));
        ((YamlMappingNode)cluster["neurolab"]["depends_on"]).Children.Keys.Should().OnlyContain(name => ((YamlMappingNode)Services[name]).Children.ContainsKey("healthcheck"));
        var environment = Environment("neurolab");
        foreach (var (name, value) in ((YamlMappingNode)cluster["neurolab"]["environment"]).Children)
        {
            SettingNames.Exists(name.ToString(), ServiceConfiguration.Settings).Should().BeTrue("{0} is set", name);
            environment[name.ToString()] = value.ToString();
        }

        var configuration = Configuration(environment);
        ServiceConfiguration.Failures(configuration).Should().BeEmpty();
        configuration["REDIS_URL"].Should().StartWith("rediss://").And.Contain($":{Password}@").And.Contain(",");
    }

    /// <summary>The command line of the container, run here on another port: it takes the password from its input, and its own health check passes.</summary>
    [Fact]
    public async Task Redis_WhenStartedAsInTheContainer_IsACacheWithAPassword()
    {
        var port = Ports.Free();
        var command = ((YamlSequenceNode)Services["redis"]["command"]).Children.Select(word => word.ToString().Replace("$$", "$", StringComparison.Ordinal)).ToList();
        command[^1] = command[^1].Replace("redis-server -", $"redis-server - --port {port} --dir /tmp", StringComparison.Ordinal);
        var environment = Environment("redis").ToDictionary(one => one.Key, one => Interpolate(one.Value));
        var check = ((YamlSequenceNode)Services["redis"]["healthcheck"]["test"]).Children[1].ToString().Replace("redis-cli", $"redis-cli -p {port}", StringComparison.Ordinal);

        using var server = Start(command, environment);
        try
        {
            await Until.AsWantedAsync(() => RunAsync(["sh", "-c", check], environment), run => run.ExitCode == 0, TimeSpan.FromSeconds(20));

            (await RunAsync(["redis-cli", "-p", $"{port}", "config", "get", "maxmemory-policy"], environment)).Output.Should().Contain("allkeys-lru");
            (await RunAsync(["redis-cli", "-p", $"{port}", "config", "get", "save"], environment)).Output.Trim().Should().Be("save");
            (await RunAsync(["redis-cli", "-p", $"{port}", "ping"], new Dictionary<string, string>())).Output.Should().Contain("NOAUTH");
            File.ReadAllText($"/proc/{server.Id}/cmdline").Should().Contain("redis-server", "it has taken the place of the shell, and signals reach it").And.NotContain(Password);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static YamlMappingNode Read()
    {
        using var reader = File.OpenText(Path.Combine(Repository.Root, "compose.yaml"));
        return Read(reader);
    }

    private static YamlMappingNode Read(TextReader text)
    {
        var yaml = new YamlStream();
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IConfiguration Configuration(IReadOnlyDictionary<string, string> environment) => new ConfigurationBuilder()
        .AddInMemoryCollection(environment.Select(one => KeyValuePair.Create(one.Key.Replace("__", ":", StringComparison.Ordinal), (string?)Interpolate(one.Value)))).Build();

    /// <summary>As compose does it, with passwords for those that must be set.</summary>
    private static string Interpolate(string text) => Variable().Replace(text, match => match.Groups["needed"].Success ? Password : match.Groups["otherwise"].Value);

    private static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        using var process = Start(command, environment);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    private Dictionary<string, string> Environment(string service) =>
        ((YamlMappingNode)Services[service]["environment"]).Children.ToDictionary(one => one.Key.ToString(), one => one.Value.ToString());

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)(?::(?<needed>\?)[^}]*|:-(?<otherwise>[^}]*))\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"```yaml\n(?<file># compose\.cluster\.yaml:.*?)```", RegexOptions.Singleline)]
    private static partial Regex ClusterFile();
}
