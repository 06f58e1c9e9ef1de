using System.Text.Json;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>The check finds what it is there to find, and nothing else.</summary>
public sealed class AnswerCheckTests
{
    private const long Second = 1000;
    private const int Node = 0;
    private readonly BenchUser _user = new(1);
    private readonly List<Breach> _found = [];
    private readonly Guid _settled = Guid.NewGuid();

    public AnswerCheckTests() => _user.Ledger.AddSettled(_settled);

    [Fact]
    public void Check_WhenAPartialAnswerShowsAnotherUsersExperiment_FindsIt()
    {
        Check(ReadKind.List, $$"""{"partial_failure":true,"_stale_data":false,"cache_info":{"source":"origin"},"experiments":[{{Experiment(_user.Id, "u12-1")}}]}""");

        _found.Should().Equal(Breach.ForeignData);
    }

    [Fact]
    public void Check_WhenAPartialAnswerLacksAPart_FindsNothing()
    {
        Check(ReadKind.Recent, """{"partial_failure":true,"_stale_data":false,"cache_info":{"source":"origin"},"activity_summary":null,"experiments":null}""");
        Check(ReadKind.Summary, """{"partial_failure":true,"_stale_data":false,"cache_info":{"source":"origin"},"total_experiments":null}""");

        _found.Should().BeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Check_WhenAStaleTotalIsNoneThatEverWas_FindsIt(int total)
    {
        _user.Ledger.Create(Node, Second, _user.NewName());

        Check(ReadKind.Summary, Summary(total, isStale: true));

        _found.Should().Equal(Breach.ForeignData);
    }

    [Fact]
    public void Check_WhenATotalIsOldAndSaysSo_FindsNothing()
    {
        Create();

        Check(ReadKind.Summary, Summary(1, isStale: true));
        Check(ReadKind.Summary, Summary(2, isStale: false));

        _found.Should().BeEmpty();
    }

    [Fact]
    public void Check_WhenATotalIsOldAndDoesNotSaySo_FindsIt()
    {
        Create();

        Check(ReadKind.Summary, Summary(1, isStale: false));

        _found.Should().Equal(Breach.StaleUnmarked);
    }

    private static string Experiment(Guid owner, string name) => $$"""{"id":"{{Guid.NewGuid()}}","user_id":"{{owner}}","name":"{{name}}"}""";

    private static string Summary(int total, bool isStale) =>
        $$"""{"partial_failure":false,"_stale_data":{{(isStale ? "true" : "false")}},"cache_info":{{(isStale ? """{"source":"stale","stale_reason":"unverified"}""" : """{"source":"memory"}""")}},"total_experiments":{{total}}}""";

    private void Create()
    {
        var item = _user.Ledger.Create(Node, Second, _user.NewName());
        _user.Ledger.Acknowledge(item.Created, 2 * Second, "v1.1", item, Guid.NewGuid());
    }

    private void Check(ReadKind kind, string body)
    {
        using var json = JsonDocument.Parse(body);
        AnswerCheck.Check(kind, _user, new ReadView(Node, 3 * Second, 4 * Second, null, Second), json.RootElement, (breach, _) => _found.Add(breach));
    }
}
