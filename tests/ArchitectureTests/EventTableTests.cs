using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using NeuroLab.ArchitectureTests.Rules;

namespace NeuroLab.ArchitectureTests;

/// <summary>Operators find every event of the log in docs/operations/events.md, as it is written.</summary>
public sealed partial class EventTableTests
{
    private static readonly Rule Listed = new(
        "Every log message stands in docs/operations/events.md with its id, its level and its text, and every event there is one that is logged.",
        "Operators filter and alert by event id, and look up here what to do.",
        "Write its row, correct it, or take it out.");

    private static readonly string Table = Path.Combine(SourceRules.Root, "docs", "operations", "events.md");

    [Fact]
    public void EventTable_Always_HoldsEveryMessageAndNoOther() =>
        EventsAreListed(Subject.Product, File.ReadAllText(Table)).ShouldBeNone();

    [Fact]
    public void EventsAreListed_WhenOneIsMissingChangedOrInvented_NamesIt()
    {
        var fixture = Subject.Fixture("Messages");
        var messages = Messages([fixture]).ToList();
        var (id, level, text) = messages[0];

        EventsAreListed([fixture], "").Should().HaveCount(messages.Distinct().Count());
        EventsAreListed([fixture], "").ShouldName("events.md");
        EventsAreListed([fixture], $"| {id} | {level} | {text}, or so | |\n| 99 | Warning | Never. | |").Should().HaveCount(messages.Distinct().Count() + 2);
        EventsAreListed([fixture], string.Join('\n', messages.Select(message => $"| {message.Id} | {message.Level} | {message.Text} | |"))).Should().BeEmpty();
    }

    private static List<Offence> EventsAreListed(IEnumerable<Subject> subjects, string document)
    {
        var logged = Messages(subjects).ToHashSet();
        var listed = Row().Matches(document).Select(row => (int.Parse(row.Groups[1].Value, null), row.Groups[2].Value, row.Groups[3].Value.Trim())).ToHashSet();
        return
        [
            .. logged.Except(listed).Select(message => Listed.BrokenBy(Table, $"does not hold {message}")),
            .. listed.Except(logged).Select(row => Listed.BrokenBy(Table, $"holds {row}, which nothing logs")),
        ];
    }

    private static IEnumerable<(int Id, string Level, string Text)> Messages(IEnumerable<Subject> subjects) =>
        from subject in subjects
        from type in subject.Types
        from method in type.GetMethods(Members.Declared)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select (message.EventId, message.Level.ToString(), message.Message);

    [GeneratedRegex(@"^\| (\d+) \| (\w+) \| (.*?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
