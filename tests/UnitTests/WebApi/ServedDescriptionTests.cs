using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NeuroLab.WebApi.OpenApi;
using NSubstitute;

namespace NeuroLab.UnitTests.WebApi;

public sealed class ServedDescriptionTests
{
    private readonly IOpenApiDocumentProvider _documents = Substitute.For<IOpenApiDocumentProvider>();
    private readonly ServedDescription _served;

    public ServedDescriptionTests()
    {
        _documents.GetOpenApiDocumentAsync(default).ReturnsForAnyArgs(_ => Described());
        _served = new ServedDescription(_documents);
    }

    [Fact]
    public async Task Write_WhenAskedAgain_MakesTheDocumentOnceAndSaysEachItsPath()
    {
        var answers = new[] { await WriteAsync(""), await WriteAsync("/neurolab"), await WriteAsync("/lab/neuro") };

        answers.Select(answer => answer[answer.IndexOf("\"url\"", StringComparison.Ordinal)..].Split('"')[3]).Should().Equal("/", "/neurolab", "/lab/neuro");
        await _documents.ReceivedWithAnyArgs(1).GetOpenApiDocumentAsync(default);
    }

    [Fact]
    public async Task Write_WhenMakingFailed_TriesAgain()
    {
        _documents.GetOpenApiDocumentAsync(default).ReturnsForAnyArgs(_ => throw new InvalidOperationException("not yet"), _ => Described());

        await FluentActions.Awaiting(() => WriteAsync("")).Should().ThrowAsync<InvalidOperationException>();
        (await WriteAsync("")).Should().Contain("\"servers\"");
    }

    private static Task<OpenApiDocument> Described() => Task.FromResult(new OpenApiDocument { Servers = [new OpenApiServer { Url = ServedDescription.PathMark }] });

    private async Task<string> WriteAsync(string path)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Request = { PathBase = path }, Response = { Body = body } };
        await _served.WriteAsync(http);
        return System.Text.Encoding.UTF8.GetString(body.ToArray());
    }
}
