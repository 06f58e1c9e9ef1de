using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using NeuroLab.Infrastructure.Persistence;
using Npgsql;

namespace NeuroLab.UnitTests.Persistence;

public sealed class DatabaseTargetTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"neurolab-unit-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public void From_WithoutPostgres_IsAFileInTheDataFolder()
    {
        using var target = From(("DATA_DIR", _directory), ("ConnectionStrings:Postgres", " "));

        target.IsPostgres.Should().BeFalse();
        target.Provider.Should().Be("sqlite");
        target.File.Should().Be(Path.Combine(_directory, "neurolab.db"));
        new SqliteConnectionStringBuilder(target.ConnectionString).ForeignKeys.Should().BeTrue();
        Directory.Exists(_directory).Should().BeTrue();
    }

    [Fact]
    public void From_WithPostgres_FillsInWhatTheConnectionStringDoesNotSay()
    {
        using var target = From(("ConnectionStrings:Postgres", "Host=db;Database=neurolab;Command Timeout=17;Maximum Pool Size=7"));

        var text = new NpgsqlConnectionStringBuilder(target.ConnectionString);
        target.Provider.Should().Be("postgresql");
        text.Should().BeEquivalentTo(new { Timeout = 3, CommandTimeout = 17, MaxPoolSize = 7, CancellationTimeout = 500 });
        Directory.Exists(_directory).Should().BeFalse("the data folder is not needed for it");
    }

    [Theory]
    [InlineData("Host=a,b;Database=neurolab", "primary")]
    [InlineData("Host=a,b;Database=neurolab;Target Session Attributes=read-write", "read-write")]
    [InlineData("Host=a;Database=neurolab", null)]
    public void From_OfSeveralServers_LooksForThePrimaryUnlessToldOtherwise(string connection, string? wanted)
    {
        using var target = From(("ConnectionStrings:Postgres", connection));

        new NpgsqlConnectionStringBuilder(target.ConnectionString).TargetSessionAttributes.Should().Be(wanted);
    }

    [Fact]
    public void From_AConnectionStringThatIsNone_SaysSoWithoutShowingIt()
    {
        var from = () => From(("ConnectionStrings:Postgres", "postgres://user:secret@host/db"));

        from.Should().Throw<InvalidOperationException>().WithMessage("ConnectionStrings__Postgres *").Which.ToString().Should().NotContain("secret");
    }

    [Theory]
    [InlineData("Host=db;Database=neurolab;Minimum Pool Size=50;Password=hunter2")]
    [InlineData("Database=neurolab;Password=hunter2")]
    [InlineData("postgres://user:hunter2@host/db")]
    public void Failures_WhenNoPoolCanBeMadeOfTheConnectionString_NameTheSetting(string text) =>
        DatabaseTarget.Failures(Configuration(("ConnectionStrings:Postgres", text))).Should().ContainSingle().Which.Should().StartWith("ConnectionStrings__Postgres ").And.Contain("Host=").And.NotContain("hunter2");

    [Theory]
    [InlineData("Host=db;Database=neurolab;Minimum Pool Size=50;Maximum Pool Size=50")]
    [InlineData("Host=a,b;Database=neurolab")]
    [InlineData("")]
    public void Failures_WhenItIsRight_AreNone(string text) => DatabaseTarget.Failures(Configuration(("ConnectionStrings:Postgres", text))).Should().BeEmpty();

    [Fact]
    public void FullPath_WhereNoFolderCanBeMade_NamesTheSetting()
    {
        Directory.CreateDirectory(_directory);
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");

        var path = () => new DataDirectory(Configuration(("DATA_DIR", Path.Combine(file, "below")))).FullPath;

        path.Should().Throw<InvalidOperationException>().WithMessage("DATA_DIR *");
    }

    [Fact]
    public void FullPath_WhenNotSet_IsDataInTheWorkingFolder() =>
        new DataDirectory(Configuration()).FullPath.Should().Be(Path.GetFullPath("data"));

    private static IConfiguration Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build();

    private static DatabaseTarget From(params (string Name, string Value)[] settings)
    {
        var configuration = Configuration(settings);
        return DatabaseTarget.From(configuration, new DataDirectory(configuration), new DatabaseOptions(), []);
    }
}
