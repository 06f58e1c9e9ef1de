using Microsoft.AspNetCore.Http;
using NeuroLab.WebApi.Http;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RequestScopeTests
{
    [Fact]
    public void ToString_WhateverThePathHas_IsOneLineOfPlainText()
    {
        var scope = new RequestScope("id", new PathString("/api/a\n2026-01-01 warn: forged\u001b[31m\r"));

        var text = scope + string.Concat(scope.Select(pair => $" {pair.Key}={pair.Value}"));

        text.Should().NotContainAny("\n", "\r", "\u001b").And.Contain("/api/a%0A2026-01-01%20warn:%20forged%1B%5B31m%0D");
    }
}
