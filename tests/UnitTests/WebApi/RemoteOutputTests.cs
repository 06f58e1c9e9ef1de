using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.UnitTests.Caching;
using NeuroLab.WebApi.Cli.Remote;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RemoteOutputTests
{
    private readonly StringWriter _output = new();
    private readonly Watched _errors = new();
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Answer_ForPeople_ShowsWhateverMembersThereAre()
    {
        Output(json: false).Answer(Json("""
            {"key":"a:b","fresh":true,"nothing":null,"tags":["x","y"],"none":[],"node":{"position":7,"deeper":{"on":false}},"records":[{"by":"Rename","at":1.5},{"by":"Delete","pattern":"a:*"}]}
            """));

        _output.ToString().Should().Be("""
            key      a:b
            fresh    yes
            nothing  -
            tags     x, y
            none     none
            node
              position  7
              deeper
                on  no
            records
              BY      AT   PATTERN
              Rename  1.5  -
              Delete  -    a:*

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Answer_WhenAKeyHasWhatATerminalObeys_ShowsItAsAMark()
    {
        Output(json: false).Answer(Json("""{"key":"a\u001b[2J\nb"}"""));

        _output.ToString().Should().Be("key  a?[2J?b\n");
    }

    [Fact]
    public void Answer_ForScripts_IsTheDocument()
    {
        Output(json: true).Answers([Json("""{"loaded":1}""")]);

        JsonDocument.Parse(_output.ToString()).RootElement[0].GetProperty("loaded").GetInt32().Should().Be(1);
        _errors.ToString().Should().BeEmpty();
    }

    [Fact]
    public async Task WhileAsync_OnATerminal_ShowsForHowLongAndClearsTheLine()
    {
        var gate = new TaskCompletionSource<int>();
        var shown = Output(json: true, isTerminal: true).WhileAsync("warming 1 of 2", gate.Task);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => _errors.ToString().Contains("warming 1 of 2: 1 s", StringComparison.Ordinal));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => _errors.ToString().Contains("warming 1 of 2: 2 s", StringComparison.Ordinal));
        gate.SetResult(5);

        (await shown).Should().Be(5);
        _errors.ToString().Should().EndWith("\r\u001b[K");
        _output.ToString().Should().BeEmpty();
    }

    [Fact]
    public async Task WhileAsync_WhenNobodyWatches_ShowsNothing()
    {
        var gate = new TaskCompletionSource<int>();
        var shown = Output(json: false).WhileAsync("warming", gate.Task);
        _clock.Advance(TimeSpan.FromSeconds(5));
        gate.SetResult(1);

        await shown;
        _errors.ToString().Should().BeEmpty();
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private RemoteOutput Output(bool json, bool isTerminal = false) => new(_output, _errors, json, isTerminal, _clock);

    /// <summary>A writer that is read while it is written to.</summary>
    private sealed class Watched : StringWriter
    {
        private readonly Lock _lock = new();

        public override Task WriteAsync(string? value)
        {
            lock (_lock)
            {
                Write(value);
            }

            return Task.CompletedTask;
        }

        public override string ToString()
        {
            lock (_lock)
            {
                return base.ToString();
            }
        }
    }
}
