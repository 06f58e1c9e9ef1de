using System.Text;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Endpoints;
using NeuroLab.WebApi.Http;

namespace NeuroLab.UnitTests.WebApi;

public sealed class JsonBodyTests
{
    [Theory]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"nam\udfff":1,"name":"x"}""")]
    [InlineData("""{"name":"x","\ud800\ud800":{}}""")]
    public void Parse_WhenTheNameOfAMemberIsNoText_RefusesTheBody(string body) =>
        Errors(body)["body"].Should().Equal("Has a member whose name is not valid text.");

    [Fact]
    public void Parse_WhenAMemberIsNamedByEscapes_ReadsIt() => JsonBody.Parse<RenameExperimentBody>("{\"n\\u0061me\":\"x\"}"u8.ToArray()).Name.Should().Be("x");

    [Fact]
    public void Parse_WhenSeveralThingsAreWrong_NamesEach() =>
        Errors("""{"name":1,"\ud800":1,"other":{"a":1,"a":2}}""").Keys.Should().BeEquivalentTo("body", "name", "other.a", "other");

    [Fact]
    public void Parse_WhenALongNameIsOverManyMembers_AllocatesAndAnswersInProportionToTheBody()
    {
        var members = string.Join(',', Enumerable.Range(0, 4000).Select(i => $"\"{i / 2}\":1"));
        var body = $"{{\"{new string('a', 30_000)}\":{{{members}}}}}";
        _ = Errors(body);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var errors = Errors(body);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100L * body.Length);
        errors.Sum(error => error.Key.Length + error.Value[0].Length).Should().BeLessThan(4 * body.Length);
        errors.Should().ContainKeys("name", new string('a', 200) + "...");
    }

    [Fact]
    public void Parse_WhenAPathIsCut_LeavesNoHalfOfAPair() =>
        Errors($"{{\"{new string('a', 199)}\U0001f600\":{{\"b\":\"\\u0000\"}}}}").Should().ContainKey(new string('a', 199) + "...");

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> Errors(string body)
    {
        try
        {
            _ = JsonBody.Parse<RenameExperimentBody>(Encoding.UTF8.GetBytes(body));
            throw new InvalidOperationException("It was taken.");
        }
        catch (RequestValidationException refusal)
        {
            return refusal.Errors;
        }
    }
}
