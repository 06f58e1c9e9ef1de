using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.Http;

[Collection(SqliteApiCollection.Name)]
public sealed class ExperimentsOnSqlite(SqliteApi api) : ExperimentContract(api);

[Collection(ServersApiCollection.Name)]
public sealed class ExperimentsOnServers(ServersApi api) : ExperimentContract(api);

public abstract class ExperimentContract(ApiHost api)
{
    [Theory]
    [InlineData("heart_rate", "{\"duration_minutes\":1,\"baseline_bpm\":60}", 60)]
    [InlineData("reaction_time", "{\"trials\":5,\"stimulus_type\":\"audio\"}", 5)]
    [InlineData("memory", "{\"items_count\":6,\"test_type\":\"spatial\"}", 6)]
    [InlineData("eeg", "{\"duration_minutes\":1,\"sampling_rate\":128}", 60)]
    public async Task Create_WhenOfAnyType_RunsItAndCanBeReadWhereItSays(string type, string parameters, int points)
    {
        var user = await api.NewUserAsync();

        using var answer = await user.Client.PostAsync(
            "/api/experiments", JsonExtensions.Json($$$"""{"name":"  My run  ","experiment_type":"{{{type}}}","parameters":{{{parameters}}}}"""));

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        answer.Headers.GetValues("Consistency-Token").Should().ContainSingle().Which.Should().MatchRegex("^v1\\.[0-9a-f]+$");
        var created = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var experiment = created.GetProperty("experiment");
        experiment.Text("name").Should().Be("My run");
        experiment.Text("experiment_type").Should().Be(type);
        experiment.Text("status").Should().Be("completed");
        experiment.GetProperty("user_id").GetGuid().Should().Be(user.Id);
        JsonElement.DeepEquals(experiment.GetProperty("parameters"), JsonDocument.Parse(parameters).RootElement).Should().BeTrue();
        created.GetProperty("results").GetProperty("data_points").GetArrayLength().Should().Be(points);
        var read = await user.GetAsync(answer.Headers.Location!.OriginalString);
        JsonElement.DeepEquals(read.GetProperty("experiment"), experiment).Should().BeTrue();
        JsonElement.DeepEquals(read.GetProperty("results"), created.GetProperty("results")).Should().BeTrue();
    }

    [Fact]
    public async Task List_WhenPagedAndFiltered_CountsAllThatMatch()
    {
        var user = await api.NewUserAsync();
        for (var number = 0; number < 5; number++)
        {
            await user.RunAsync(number % 2 == 0 ? "memory" : "reaction_time", $"Run {number}");
        }

        var page = await user.GetAsync("/api/experiments?limit=2&offset=1&unknown=ignored");
        var memory = await user.GetAsync("/api/experiments?experiment_type=memory&status=completed");
        var failed = await user.GetAsync("/api/experiments?status=failed");
        var beyond = await user.GetAsync("/api/experiments?offset=100");

        page.GetProperty("total").GetInt32().Should().Be(5);
        page.GetProperty("limit").GetInt32().Should().Be(2);
        page.GetProperty("offset").GetInt32().Should().Be(1);
        page.GetProperty("experiments").EnumerateArray().Select(item => item.Text("name")).Should().Equal("Run 3", "Run 2");
        memory.GetProperty("total").GetInt32().Should().Be(3);
        failed.GetProperty("total").GetInt32().Should().Be(0);
        beyond.GetProperty("experiments").GetArrayLength().Should().Be(0);
        beyond.GetProperty("total").GetInt32().Should().Be(5);
    }

    [Fact]
    public async Task Rename_WhenDone_ShowsInEveryReadAtOnce()
    {
        var user = await api.NewUserAsync();
        var id = (await user.RunAsync()).GetProperty("id").GetGuid();
        await user.GetAsync($"/api/experiments/{id}");
        await user.GetAsync("/api/experiments");
        await user.GetAsync("/api/dashboard/recent");

        using var answer = await user.Client.PatchAsJsonAsync($"/api/experiments/{id}", new { name = "Another name" });

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("experiment").Text("name").Should().Be("Another name");
        var item = await user.GetAsync($"/api/experiments/{id}");
        item.GetProperty("experiment").Text("name").Should().Be("Another name");
        item.Flag("_cache_hit").Should().BeFalse();
        (await user.GetAsync("/api/experiments")).GetProperty("experiments")[0].Text("name").Should().Be("Another name");
        (await user.GetAsync("/api/dashboard/recent")).GetProperty("experiments")[0].ToString().Should().Contain("Another name");
    }

    [Fact]
    public async Task Delete_WhenDone_IsGoneFromEveryReadAtOnce()
    {
        var user = await api.NewUserAsync();
        var id = (await user.RunAsync()).GetProperty("id").GetGuid();
        (await user.GetAsync("/api/dashboard/summary")).GetProperty("total_experiments").GetInt32().Should().Be(1);
        await user.GetAsync($"/api/experiments/{id}");

        using var answer = await user.Client.DeleteAsync($"/api/experiments/{id}");
        using var again = await user.Client.DeleteAsync($"/api/experiments/{id}");
        using var read = await user.Client.GetAsync($"/api/experiments/{id}");

        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        await again.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await read.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        var summary = await user.GetAsync("/api/dashboard/summary");
        summary.GetProperty("total_experiments").GetInt32().Should().Be(0);
        summary.Flag("_cache_hit").Should().BeFalse();
    }

    [Fact]
    public async Task AnyRequest_WhenItIsAnothersExperiment_Is404()
    {
        var (owner, other) = (await api.NewUserAsync(), await api.NewUserAsync());
        var path = $"/api/experiments/{(await owner.RunAsync()).GetProperty("id").GetGuid()}";
        await owner.GetAsync(path);

        using var read = await other.Client.GetAsync(path);
        using var rename = await other.Client.PatchAsJsonAsync(path, new { name = "Mine now" });
        using var delete = await other.Client.DeleteAsync(path);

        await read.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await rename.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await delete.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        (await owner.GetAsync(path)).GetProperty("experiment").Text("name").Should().Be("An experiment");
    }

    [Fact]
    public async Task TwoUsers_WhenTheirTextIsNasty_SeeOnlyTheirOwnAndAreInvalidatedApart()
    {
        string[] names = ["*", "?", "[a-z]*", "experiments:*", "\\", "'; DROP TABLE experiments; --", "\"quoted\"", "🧠🔥", "user:1:%00", "<script>alert(1)</script>", "a\tb"];
        var (first, second) = (await api.NewUserAsync("*"), await api.NewUserAsync("?[:\"'🧠"));
        foreach (var name in names.Where(name => !name.Contains('\t')))
        {
            await first.RunAsync("memory", name);
        }

        await second.RunAsync("memory", "*");
        await first.GetAsync("/api/dashboard/summary");
        await second.GetAsync("/api/dashboard/summary");

        await first.RunAsync("memory", "*:*");

        var mine = await first.GetAsync("/api/experiments?limit=100");
        mine.GetProperty("experiments").EnumerateArray().Select(item => item.Text("name")).Should().BeEquivalentTo(names.SkipLast(1).Append("*:*"));
        (await first.GetAsync("/api/dashboard/summary")).Flag("_cache_hit").Should().BeFalse();
        var untouched = await second.GetAsync("/api/dashboard/summary");
        untouched.Flag("_cache_hit").Should().BeTrue();
        untouched.GetProperty("total_experiments").GetInt32().Should().Be(1);
    }

    [Theory]
    [InlineData("not-a-uuid")]
    [InlineData("*")]
    [InlineData("0195f0a0")]
    [InlineData("%27%3B--")]
    public async Task AnyRequest_WhenTheIdIsNone_Is404(string id)
    {
        var user = await api.NewUserAsync();

        using var read = await user.Client.GetAsync($"/api/experiments/{id}");
        using var rename = await user.Client.PatchAsJsonAsync($"/api/experiments/{id}", new { name = "x" });
        using var delete = await user.Client.DeleteAsync($"/api/experiments/{id}");

        await read.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await rename.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await delete.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }
}
