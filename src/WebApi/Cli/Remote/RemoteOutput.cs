using System.Text.Json;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Cli.Remote;

/// <summary>Where a verb's answer and complaints go: one JSON document, or text for people; and how it goes on, to a terminal alone.</summary>
/// <param name="output">Takes the answer, and nothing else.</param>
/// <param name="errors">Takes everything else.</param>
/// <param name="json">Whether the answer is to be JSON.</param>
/// <param name="isTerminal">Whether somebody watches the errors.</param>
/// <param name="clock">The clock.</param>
internal sealed class RemoteOutput(TextWriter output, TextWriter errors, bool json, bool isTerminal, TimeProvider clock)
{
    private const string ClearLine = "\r\x1b[K";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    /// <summary>Prints the answer.</summary>
    public void Answer(JsonElement answer) => output.Write(json ? JsonSerializer.Serialize(answer, Indented) + "\n" : JsonText.Of(answer));

    /// <summary>Prints the answers to several questions; as JSON they are a list.</summary>
    public void Answers(IReadOnlyList<JsonElement> answers)
    {
        if (json)
        {
            Answer(JsonSerializer.SerializeToElement(answers));
            return;
        }

        output.Write(string.Join('\n', answers.Select(JsonText.Of)));
    }

    /// <summary>Says why something was not done.</summary>
    public void Complain(string sentence) => errors.WriteLine(TextTable.Plain(sentence));

    /// <summary>Waits, and shows every second for how long already.</summary>
    /// <param name="what">What is waited for.</param>
    /// <param name="task">The wait.</param>
    public async Task<T> WhileAsync<T>(string what, Task<T> task)
    {
        if (!isTerminal)
        {
            return await task;
        }

        var started = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Second, clock);
        var tick = timer.WaitForNextTickAsync().AsTask();
        while (await Task.WhenAny(task, tick) != task)
        {
            await errors.WriteAsync($"{ClearLine}{TextTable.Plain(what)}: {clock.GetElapsedTime(started).TotalSeconds:0} s");
            tick = timer.WaitForNextTickAsync().AsTask();
        }

        await errors.WriteAsync(ClearLine);
        return await task;
    }
}
