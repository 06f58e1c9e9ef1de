using MediatR;
using Microsoft.AspNetCore.Http;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Http;
using NSubstitute;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RequestsTests
{
    [Theory]
    [InlineData("00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("00112233-4455-6677-8899-AABBCCDDEEFF")]
    public void Id_WhenItIsAUuid_IsRead(string text) => Requests.Id(text, "thing").Should().Be(new Guid("00112233-4455-6677-8899-aabbccddeeff"));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(" 00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("00112233-4455-6677-8899-aabbccddeeff\n")]
    [InlineData("00112233-4455-6677-8899-+abbccddeeff")]
    [InlineData("0x112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("00112233445566778899aabbccddeeff")]
    public void Id_WhenItIsNone_NamesNothing(string text)
    {
        var read = () => Requests.Id(text, "thing");

        read.Should().Throw<NotFoundException>();
    }

    [Theory]
    [InlineData("?force_refresh=true", null)]
    [InlineData("", "v1.5")]
    public async Task AnswerAsync_WhenTheQueryIsMadeWithoutWhatIsAskedOfTheCache_NamesItAndSaysWhatToWrite(string parameters, string? token)
    {
        var http = new DefaultHttpContext();
        (http.Request.QueryString, http.Request.Headers[ApiHeaders.ConsistencyToken]) = (new QueryString(parameters), token);

        var queries = new CachedQueries(Substitute.For<IMediator>(), TimeProvider.System);
        var forgetful = () => queries.AnswerAsync(http, (_, _) => new Question());
        var right = () => queries.AnswerAsync(http, (_, read) => new Question { ReadOptions = read });

        await forgetful.Should().ThrowAsync<InvalidOperationException>().WithMessage("Question is made without *: write `new Question(...) { ReadOptions = read }` *");
        await right.Should().NotThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public void ReadOptions_WhenCompared_AllocateNothing()
    {
        var options = new CacheReadOptions(true, new ConsistencyToken(5));
        ICacheableQuery query = new Question { ReadOptions = options };
        var differ = query.ReadOptions != options;
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            differ |= query.ReadOptions != options;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        differ.Should().BeFalse();
    }

    private sealed record Question : ICacheableQuery<string>
    {
        public CacheKey Key => CacheKey.Of("question");

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }
}
