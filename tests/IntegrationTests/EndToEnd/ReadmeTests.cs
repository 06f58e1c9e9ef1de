using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>The tour of README.md, pasted into bash as it stands, against a fresh service.</summary>
[Collection(EndToEndCollection.Name)]
public sealed partial class ReadmeTests(Servers servers)
{
    private const string Mark = "== end of step ==";

    [Fact]
    public async Task Tour_WhenPasted_PrintsWhatTheReadmeSays()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var tour = readme[readme.IndexOf("## A five-minute tour", StringComparison.Ordinal)..];
        tour = tour[..tour.IndexOf("\n## ", 4, StringComparison.Ordinal)];
        var steps = Step().Matches(tour).Select(match => (Script: match.Groups[1].Value, Printed: match.Groups[2].Value)).ToList();
        steps.Should().HaveCountGreaterThan(4);
        Fence().Matches(tour).Should().HaveCount(4 * steps.Count, "what each step prints stands below it");

        await using var service = await ServiceProcess.StartAsync(servers.Embedded());
        var script = new StringBuilder();
        foreach (var (commands, _) in steps)
        {
            script.Append(commands).Append("echo '").Append(Mark).Append("'\n");
        }

        var printed = await BashAsync(script.ToString(), service.Address);

        var parts = printed.Split(Mark + "\n");
        parts.Should().HaveCount(steps.Count + 1);
        foreach (var ((_, expected), actual) in steps.Zip(parts))
        {
            actual.Should().MatchRegex($"^{Regex.Escape(expected).Replace("…", ".+", StringComparison.Ordinal)}$");
        }
    }

    private static async Task<string> BashAsync(string script, Uri address)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["API"] = address.ToString().TrimEnd('/');
        using var bash = Process.Start(start)!;
        var output = bash.StandardOutput.ReadToEndAsync();
        var errors = bash.StandardError.ReadToEndAsync();
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await bash.WaitForExitAsync(limit.Token);
        (await errors).Should().BeEmpty();
        return await output;
    }

    [GeneratedRegex("```bash\n(.*?)```\n\n```text\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Step();

    [GeneratedRegex("^```", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
