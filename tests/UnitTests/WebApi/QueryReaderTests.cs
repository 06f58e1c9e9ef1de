using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;

namespace NeuroLab.UnitTests.WebApi;

public sealed class QueryReaderTests
{
    private static readonly IntParameter Limit = new("limit", "", 50, 1, 100);
    private static readonly WordParameter Word = new("word", "", "b", ["a", "b"]);
    private static readonly FlagParameter Flag = new("flag", "");
    private static readonly TextParameter Text = new("text", "", 5);

    [Fact]
    public void Read_WhenTheEndpointIsNotDescribedWithAParameter_NamesIt()
    {
        var http = new DefaultHttpContext();
        http.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new EndpointNotes { IsCached = true, Parameters = [Limit] }), null));
        var reader = QueryReader.Of(http);

        reader.Invoking(r => (r.Int(Limit), r.Flag(CachedQueries.ForceRefresh))).Should().NotThrow();
        reader.Invoking(r => r.Word(Word)).Should().Throw<InvalidOperationException>().WithMessage("The query parameter word is read*");
    }

    [Theory]
    [InlineData("", 50)]
    [InlineData("?limit=1", 1)]
    [InlineData("?limit=100", 100)]
    [InlineData("?limit=007", 7)]
    [InlineData("?LIMIT=7", 7)]
    [InlineData("?other=x&limit=7", 7)]
    public void Int_WhenRightOrLeftOut_IsRead(string query, int expected)
    {
        var reader = Reader(query);

        reader.Int(Limit).Should().Be(expected);
        reader.Invoking(r => r.ThrowIfInvalid()).Should().NotThrow();
    }

    [Theory]
    [InlineData("?limit=")]
    [InlineData("?limit")]
    [InlineData("?limit=0")]
    [InlineData("?limit=101")]
    [InlineData("?limit=-1")]
    [InlineData("?limit=abc")]
    [InlineData("?limit=1e1")]
    [InlineData("?limit=0x10")]
    [InlineData("?limit=1.0")]
    [InlineData("?limit=+%205")]
    [InlineData("?limit=%D9%A1")]
    [InlineData("?limit=5%00")]
    [InlineData("?limit=9999999999")]
    [InlineData("?limit=1&limit=1")]
    public void Int_WhenWrong_IsNamed(string query) => Wrong(query, reader => reader.Int(Limit)).Should().Equal("limit");

    [Theory]
    [InlineData("?word=c")]
    [InlineData("?word=A")]
    [InlineData("?word=")]
    [InlineData("?word=a&word=b")]
    public void Word_WhenWrong_IsNamed(string query) => Wrong(query, reader => reader.Word(Word)).Should().Equal("word");

    [Fact]
    public void Word_WhenRightOrLeftOut_IsRead()
    {
        Reader("?word=a").Word(Word).Should().Be("a");
        Reader("").Word(Word).Should().Be("b");
        Reader("").Word(Word with { Default = null }).Should().BeNull();
    }

    [Theory]
    [InlineData("?flag=1")]
    [InlineData("?flag=True")]
    [InlineData("?flag=")]
    [InlineData("?flag=true&flag=true")]
    public void Flag_WhenWrong_IsNamed(string query) => Wrong(query, reader => reader.Flag(Flag)).Should().Equal("flag");

    [Theory]
    [InlineData("", false)]
    [InlineData("?flag=false", false)]
    [InlineData("?flag=true", true)]
    public void Flag_WhenRightOrLeftOut_IsRead(string query, bool expected) => Reader(query).Flag(Flag).Should().Be(expected);

    [Theory]
    [InlineData("?text=")]
    [InlineData("?text=123456")]
    [InlineData("?text=a%00")]
    public void Text_WhenWrong_IsNamed(string query) => Wrong(query, reader => reader.Text(Text)).Should().Equal("text");

    [Fact]
    public void ThrowIfInvalid_WhenSeveralAreWrong_NamesThemAll() => Wrong("?limit=x&word=x&flag=x", reader =>
    {
        reader.Int(Limit);
        reader.Word(Word);
        reader.Flag(Flag);
    }).Should().BeEquivalentTo("limit", "word", "flag");

    private static IEnumerable<string> Wrong(string query, Action<QueryReader> read)
    {
        var reader = Reader(query);
        read(reader);
        return reader.Invoking(r => r.ThrowIfInvalid()).Should().Throw<RequestValidationException>().Which.Errors.Keys;
    }

    private static QueryReader Reader(string query) => new(new QueryCollection(QueryHelpers.ParseQuery(query)));
}
