using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>Steps of a document that are pasted into bash, each with what it prints below it; an ellipsis stands for what differs from run to run.</summary>
internal static partial class PastedSteps
{
    private const string Mark = "== end of step ==";

    /// <summary>The part of a document below a heading.</summary>
    public static string Section(string document, string heading)
    {
        var section = document[document.IndexOf(heading, StringComparison.Ordinal)..];
        return section.IndexOf("\n## ", 4, StringComparison.Ordinal) is > 0 and var end ? section[..end] : section;
    }

    /// <summary>The steps in a text, in their order.</summary>
    public static IReadOnlyList<(string Script, string Printed)> In(string text) => [.. Step().Matches(text).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];

    /// <summary>Pastes steps into one bash, and compares what each prints.</summary>
    public static async Task RunAsync(IReadOnlyList<(string Script, string Printed)> steps, Uri address)
    {
        var script = new StringBuilder();
        foreach (var (commands, _) in steps)
        {
            script.Append(commands).Append("echo '").Append(Mark).Append("'\n");
        }

        var printed = await BashAsync(script.ToString(), address);

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
}
