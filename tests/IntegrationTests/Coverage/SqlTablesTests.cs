namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>What is made of a statement.</summary>
public sealed class SqlTablesTests
{
    private static readonly HashSet<string> Tables = ["users", "experiments", "results", "audit_log"];

    [Theory]
    [InlineData("SELECT e.name FROM experiments AS e LEFT JOIN \"results\" AS r ON e.id = r.experiment_id WHERE e.user_id = @users", "experiments", "results")]
    [InlineData("SELECT count(*) FROM public.experiments WHERE id IN (SELECT experiment_id FROM \"public\".\"results\")", "experiments", "results")]
    [InlineData("SELECT experiments.name, e.results, 'from users', \"e\".\"users\" FROM experiments -- users\n/* results */", "experiments")]
    [InlineData("SELECT (SELECT 1) AS users, name FROM audit_log", "audit_log")]
    [InlineData("INSERT INTO experiments (id, name) VALUES (@p0, @p1);\nINSERT INTO \"results\" (id) VALUES (@p2);", "experiments!", "results!")]
    [InlineData("UPDATE \"experiments\" SET name = @p0 WHERE id = @p1 RETURNING 1", "experiments!")]
    [InlineData("UPDATE ONLY public.experiments SET name = (SELECT username FROM users LIMIT 1)", "experiments!", "users")]
    [InlineData("DELETE FROM results WHERE experiment_id IN (SELECT id FROM experiments)", "results!", "experiments")]
    [InlineData("INSERT OR IGNORE INTO users (id) SELECT id FROM experiments", "users!", "experiments")]
    [InlineData("PRAGMA foreign_keys")]
    public void Of_WhenAStatementUsesTables_TellsWhichAndWhetherItWritesThem(string sql, params string[] uses) =>
        SqlTables.Of(sql, Tables).Distinct().Select(use => use.IsWritten ? use.Table + "!" : use.Table).Should().BeEquivalentTo(uses);

    [Theory]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.user_id = @me AND e.name <> @other", true)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE @me = e.user_id", true)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.id = ANY (@me)", true)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.id IN (@other, @me)", true)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.id IN (SELECT i.value FROM json_each(@me) AS i)", true)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE NOT (e.hidden) AND e.user_id = @me", true)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.user_id <> @me AND e.name = @other", false)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.user_id != @me", false)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.id >= @me", false)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.id NOT IN (@other, @me)", false)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE NOT (e.id = ANY (@me))", false)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE NOT (@me = e.user_id)", false)]
    [InlineData("SELECT 1 FROM experiments AS e WHERE e.user_id = @mean", false)]
    [InlineData("SELECT e.user_id, @me FROM experiments AS e", false)]
    public void TakesOnly_OfAParameter_TellsWhetherWhatIsReadEqualsIt(string sql, bool takesOnly)
    {
        SqlTables.TakesOnly(sql, "me").Should().Be(takesOnly);
        SqlTables.TakesOnly(sql, "@me").Should().Be(takesOnly);
    }
}
