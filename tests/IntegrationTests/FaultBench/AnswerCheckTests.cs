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

    [Fact]
    public void Check_WhenAListIsAsItMustBe_FindsNothing()
    {
        var item = Create();

        Check(ReadKind.List, List(2, isStale: false, One(_settled, ""), One(item.Id!.Value, item.Name)));
        Check(ReadKind.List, List(1, isStale: true, One(_settled, "")));

        _found.Should().BeEmpty();
    }

    [Fact]
    public void Check_WhenAListLacksWhatItsTotalCounts_FindsIt()
    {
        Create();

        Check(ReadKind.List, List(2, isStale: true, One(_settled, "")));

        _found.Should().Equal(Breach.StaleUnmarked);
    }

    [Fact]
    public void Check_WhenAListHasAnotherInThePlaceOfWhatWasCreated_FindsIt()
    {
        Create();

        Check(ReadKind.List, List(2, isStale: false, One(_settled, ""), One(Guid.NewGuid(), _user.NewName())));

        _found.Should().Equal(Breach.StaleUnmarked);
    }

    [Fact]
    public void Check_WhenAListHasOneTwice_FindsIt()
    {
        Create();

        Check(ReadKind.List, List(2, isStale: true, One(_settled, ""), One(_settled, "")));

        _found.Should().Contain(Breach.StaleUnmarked);
    }

    [Theory]
    [InlineData(Node, null, true)]
    [InlineData(Node + 1, null, false)]
    [InlineData(Node + 1, "v1.2", true)]
    public void Check_WhenAWriteIsNotShown_FindsItWhereTheNodeOrTheTokenKnowsIt(int writtenAt, string? token, bool isFound)
    {
        var item = Create();
        var renamed = item.Renamed = new Write(writtenAt, (2 * Second) + 1);
        item.NewName = _user.NewName();
        _user.Ledger.Acknowledge(renamed, (2 * Second) + 2, "v1.2", item);

        Check(ReadKind.Item, Item(item.Id!.Value, item.Name), token);

        _found.Should().Equal(isFound ? [Breach.StaleUnmarked] : []);
    }

    [Fact]
    public void Check_WhenWhatWasDeletedIsThere_FindsIt()
    {
        var item = Create();
        var deleted = item.Deleted = new Write(Node, (2 * Second) + 1);
        _user.Ledger.Acknowledge(deleted, (2 * Second) + 2, "v1.2", item);

        Check(ReadKind.Item, Item(item.Id!.Value, item.Name));

        _found.Should().Equal(Breach.StaleUnmarked);
    }

    [Fact]
    public void CheckMissing_WhenItWasCreatedAndNotDeleted_FindsIt()
    {
        var item = Create();
        CheckMissing(item.Id!.Value);
        item.Deleted = new Write(Node, (3 * Second) + 1);
        CheckMissing(item.Id!.Value);

        _found.Should().Equal(Breach.StaleUnmarked);
    }

    private static string Experiment(Guid owner, string name) => $$"""{"id":"{{Guid.NewGuid()}}","user_id":"{{owner}}","name":"{{name}}"}""";

    private static string Summary(int total, bool isStale) =>
        $$"""{"partial_failure":false,"_stale_data":{{(isStale ? "true" : "false")}},"cache_info":{{(isStale ? """{"source":"stale","stale_reason":"unverified"}""" : """{"source":"memory"}""")}},"total_experiments":{{total}}}""";

    private static string List(int total, bool isStale, params string[] experiments) =>
        Summary(total, isStale).Replace("\"total_experiments\"", $"\"experiments\":[{string.Join(',', experiments)}],\"total\"", StringComparison.Ordinal);

    private string One(Guid id, string name) => $$"""{"id":"{{id}}","user_id":"{{_user.Id}}","name":"{{(name.Length == 0 ? _user.NewName() : name)}}"}""";

    private string Item(Guid id, string name) => Summary(0, isStale: false).Replace("\"total_experiments\":0", $"\"experiment\":{One(id, name)}", StringComparison.Ordinal);

    private Item Create()
    {
        var item = _user.Ledger.Create(Node, Second, _user.NewName());
        _user.Ledger.Acknowledge(item.Created, 2 * Second, "v1.1", item, Guid.NewGuid());
        return item;
    }

    private void Check(ReadKind kind, string body, string? token = null)
    {
        using var json = JsonDocument.Parse(body);
        AnswerCheck.Check(kind, _user, View(token), json.RootElement, (breach, _) => _found.Add(breach));
    }

    private void CheckMissing(Guid id) => AnswerCheck.CheckMissing(_user, View(null), id, (breach, _) => _found.Add(breach));

    private static ReadView View(string? token) => new(Node, 3 * Second, 4 * Second, token, Second);
}
