using Microsoft.AspNetCore.Http;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Common;
using NeuroLab.WebApi.Errors;

namespace NeuroLab.UnitTests.WebApi;

public sealed class FailureTests
{
    public static TheoryData<Exception, int, string> Exceptions() => new()
    {
        { new RequestValidationException("limit", "wrong"), 400, ErrorCodes.Validation },
        { new DomainRuleException("name", "too long"), 400, ErrorCodes.Validation },
        { new AuthenticationFailedException("no"), 401, ErrorCodes.AuthenticationFailed },
        { new AccessDeniedException("no"), 403, ErrorCodes.AccessDenied },
        { new NotFoundException("none"), 404, ErrorCodes.NotFound },
        { new ConflictException("taken"), 409, ErrorCodes.Conflict },
        { new RateLimitedException("wait", TimeSpan.FromSeconds(1.2)), 429, ErrorCodes.RateLimited },
        { new OriginUnavailableException(StaleReason.OriginError), 503, ErrorCodes.Database },
        { new OriginUnavailableException(StaleReason.OriginTimeout), 503, ErrorCodes.Database },
        { new OriginUnavailableException(StaleReason.CircuitOpen), 503, ErrorCodes.CircuitOpen },
        { new BadHttpRequestException("secret", 408), 408, ErrorCodes.Validation },
        { new BadHttpRequestException("secret", 413), 413, ErrorCodes.Validation },
        { new BadHttpRequestException("secret", 431), 431, ErrorCodes.Validation },
        { new InvalidOperationException("secret: Host=db;Password=x"), 500, ErrorCodes.Internal },
        { new OperationCanceledException("secret"), 500, ErrorCodes.Internal },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Of_WhenAnyExceptionIsThrown_HasItsStatusAndCodeAndTellsNoSecret(Exception exception, int status, string code)
    {
        var failure = Failure.Of(exception);

        failure.Status.Should().Be(status);
        failure.Code.Should().Be(code);
        failure.Title.Should().NotBeEmpty();
        failure.Detail.Should().NotBeEmpty().And.NotContain("secret");
        (failure.RetryAfter is not null).Should().Be(status is 429 or 503);
    }

    [Fact]
    public void Of_WhenFieldsAreWrong_NamesThem()
    {
        Failure.Of(new RequestValidationException("limit", "wrong")).Errors!["limit"].Should().Equal("wrong");
        Failure.Of(new DomainRuleException("parameters.trials", "too many")).Errors!["parameters.trials"].Should().Equal("too many");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.2, 1)]
    [InlineData(1.2, 2)]
    [InlineData(60, 60)]
    [InlineData(1e9, 86400)]
    public void Seconds_WhateverTheWait_AreWholeAndAtLeastOne(double wait, int seconds) => Failure.Seconds(TimeSpan.FromSeconds(wait)).Should().Be(seconds);
}
