using NeuroLab.WebApi.Cli.Remote;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RemoteArgumentsTests
{
    [Theory]
    [InlineData("stats more")]
    [InlineData("stats --key the-key-on-the-command-line")]
    [InlineData("stats --url nonsense")]
    [InlineData("stats --url http://user:password@localhost")]
    [InlineData("stats --limit 3")]
    [InlineData("stats --live")]
    [InlineData("entries --limit 0")]
    [InlineData("clear")]
    [InlineData("clear a b")]
    [InlineData("explain")]
    [InlineData("warm")]
    [InlineData("health --timeout 0")]
    [InlineData("health --timeout")]
    public void Parse_WhenNotUnderstood_SaysOfWhichVerb(string arguments)
    {
        var (read, mistake) = Parse(arguments);

        read.Should().BeNull();
        mistake.Should().StartWith(arguments.Split(' ')[0] + ": ").And.NotContain("the-key-on-the-command-line");
    }

    [Fact]
    public void Parse_WhenUnderstood_HasWhatWasGiven() => Parse("entries --url=http://localhost:81 dashboard:* --limit 3 --json --key-file key --timeout=7").Read.Should().BeEquivalentTo(
        new { Words = new[] { "dashboard:*" }, Url = new Uri("http://localhost:81"), Limit = 3, Json = true, KeyFile = "key", Timeout = TimeSpan.FromSeconds(7), Live = false });

    private static (RemoteArguments? Read, string? Mistake) Parse(string line) =>
        line.Split(' ') is [var verb, .. var arguments] ? RemoteArguments.Parse(RemoteCommand.Find(verb)!, arguments) : default;
}
